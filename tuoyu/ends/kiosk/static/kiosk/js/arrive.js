// 扫到以后：preselects the children, chooses the verb from where they are, refuses in red.
import * as choice from "./choice.js";
import { BadCode, looksLikeQr, readCode, readQr } from "./codes.js";
import { explain, refuse } from "./refusal.js";
import * as stage from "./stage.js";
import { toast } from "./toast.js";

export async function accept(text) {
  try {
    if (looksLikeQr(text) || !/^\d{6}$/.test(text)) await byQr(text);
    else await byCode(text);
    return true;
  } catch (error) {
    if (!(error instanceof BadCode)) throw error;
    explain(error.title, error.why, error.how);
    return false;
  }
}

async function byQr(text) {
  const { by, children, blocked } = await readQr(text);
  const known = [...children, ...blocked];
  if (known.length === 0) return refuse({ children: [], blocked: false });
  const coming = known.filter((c) => choice.fits(c, "in"));
  const staying = known.filter((c) => choice.fits(c, "out"));
  if (coming.length > 0 && choice.current().mode === "in") {
    return take({ mode: "in", children: coming, by, method: "qr" });
  }
  const stopped = staying.filter((c) => blocked.includes(c));
  if (stopped.length > 0) return refuse({ children: stopped, blocked: true, by });
  if (staying.length > 0) return take({ mode: "out", children: staying, by, method: "qr" });
  if (coming.length > 0) return take({ mode: "in", children: coming, by, method: "qr" });
  return toast("warn", `${known.map((c) => c.name).join("、")} 今天已离园`, "记错了？请老师更正");
}

export async function byCode(digits) {
  const { children, bearer, hash } = await readCode(digits);
  const staying = children.filter((c) => choice.fits(c, "out"));
  if (staying.length === 0) {
    const names = children.map((c) => c.name).join("、");
    throw new BadCode("现在不用接走", `${names} 现在不在园内。`, "代接码只用于离园；入园请点头像登记。");
  }
  take({ mode: "out", children: staying, by: { id: hash }, bearer, method: "code" });
}

function take({ mode, children, by = null, bearer = "", method }) {
  stage.close();
  const ids = children.map((c) => c.id);
  choice.preset({ mode, ids, by, bearer, method });
}
