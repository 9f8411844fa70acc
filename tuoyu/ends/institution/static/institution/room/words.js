// 词表：the codes of care events and what people call them (same as care/own_kinds.py).
export const KINDS = {
  meal: ["餐点", "bowl", "餐"], drink: ["喝水", "bottle", "水"], nap_start: ["入睡", "bed", "睡"],
  diaper: ["尿布", "layers", "尿"], outdoor: ["户外", "sun", "外"], activity: ["活动", "star", "活"],
};
export const TITLES = {
  meal: "餐点", drink: "喝水", nap_start: "入睡", nap_check: "睡眠巡视", nap_end: "睡醒", nap_act: "俯卧处置",
  diaper: "尿布如厕", outdoor: "户外", activity: "活动", move: "换班", count: "点人", drill: "演练",
};
export const MEALS = { breakfast: "早餐", snack: "加餐", lunch: "午餐", tea: "午点", dinner: "晚餐", milk: "奶", solids: "辅食" };
export const AMOUNTS = { all: "吃完", most: "大半", half: "一半", little: "少量", none: "没吃" };
export const DIAPERS = { wet: "小便", stool: "大便", both: "大小便", dry: "干净", loose: "稀便", toilet: "如厕" };
export const POSITIONS = { back: "仰", side: "侧", prone: "俯" };
export const ACTS = { turned: "已翻为仰卧", woken: "已叫醒", called: "已请卫生保健人员" };
export const AREAS = {
  motion: "动作", language: "语言", cognition: "认知", social: "情感与社会性", habit: "生活习惯", other: "其他",
};
export const DRILLS = { fire: "消防疏散", quake: "地震避险", storm: "防台避险", intruder: "防暴应急" };

export function mealOf(hhmm) {
  const after = [["16:30", "dinner"], ["14:00", "tea"], ["10:45", "lunch"], ["09:00", "snack"]];
  return after.find(([from]) => hhmm >= from)?.[1] ?? "breakfast";
}

export function short(kind, d) {
  if (kind === "meal") return `${MEALS[d.what]}${AMOUNTS[d.amount]}`;
  if (kind === "drink") return d.ml ? `${d.ml} 毫升` : "";
  if (kind === "diaper") return DIAPERS[d.what];
  if (kind === "outdoor") return `${d.minutes} 分钟`;
  if (kind === "activity") return AREAS[d.area] ?? "";
  if (kind === "nap_check") return `${POSITIONS[d.position]}卧`;
  if (kind === "nap_act") return ACTS[d.did];
  return "";
}
