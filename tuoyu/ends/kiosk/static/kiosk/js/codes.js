// 核对接送码与代接码：on the device itself, so that it works without network.
import { base32, base64url, fromBase64url, hmac } from "./bytes.js";
import * as clock from "./clock.js";
import * as roster from "./roster.js";

const QR = /^TY1\.([^.]+)\.(\d+)\.([A-Z2-7]{10})$/;
const AGAIN = "请家长在手机上打开「接送码」，亮屏对准后再扫。";

export class BadCode extends Error {
  constructor(title, why, how = AGAIN) {
    super(title);
    Object.assign(this, { title, why, how });
  }
}

export const looksLikeQr = (text) => text.startsWith("TY1.");

// 接送码：answers {by, children, blocked} of the guardian whose code it is
export async function readQr(text) {
  const [, guardian, step, mac] = QR.exec(text.trim()) ?? [];
  if (!guardian) throw new BadCode("这不是接送码", "扫到的内容不是托育云的接送码。");
  mustBeOfToday();
  const rows = roster.children().flatMap((child) =>
    child.pickers.filter((p) => String(p.id) === guardian).map((picker) => ({ child, picker })),
  );
  if (rows.length === 0) return { by: null, children: [], blocked: [] };
  const made = base32(await hmac(fromBase64url(rows[0].picker.day_key), step)).slice(0, 10);
  if (made !== mac) throw new BadCode("接送码核对不上", "这个码不是今天由本人手机生成的。");
  if (Math.abs(clock.step() - Number(step)) > 1) {
    throw new BadCode("接送码已过期", "接送码每 30 秒换一次，截图和转发的码不能用。");
  }
  const [mine, blocked] = [true, false].map((may) =>
    rows.filter(({ picker }) => !picker.blocked === may).map(({ child }) => child),
  );
  const { id, relation, name } = rows[0].picker;
  return { by: { id, relation, name }, children: mine, blocked };
}

// 代接码：answers {children, bearer, hash} for six digits; the hash stands for the code from then on
export async function readCode(digits) {
  mustBeOfToday();
  const { salt, list } = roster.codes();
  const hash = base64url(await hmac(fromBase64url(salt), digits));
  const rows = list.filter((row) => row.hash === hash);
  const children = rows.map((row) => roster.child(row.child)).filter(Boolean);
  if (children.length === 0) {
    throw new BadCode(
      "代接码不对或已作废",
      "代接码只在当天有效，用过即作废；刚生成的码要等平板联网更新后才能用。",
      "请核对 6 位数字，或请家长在手机上重新生成。",
    );
  }
  return { children, bearer: rows[0].bearer ?? "", hash };
}

function mustBeOfToday() {
  if (roster.isOfToday()) return;
  throw new BadCode(
    "今天的名册还没有更新",
    "平板今天还没有联过网，接送码和代接码无法核对。",
    "请连上网络；在此之前由老师点头像登记。",
  );
}
