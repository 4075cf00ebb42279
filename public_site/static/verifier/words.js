/** Numbers, days and moments as the public reads them. */

export const BEIJING = 8 * 3600 * 1000;

export const counted = (number) => Number(number).toLocaleString("en");

/** 第1,210条: the number is the index itself. */
export const nth = (index) => `第${counted(index)}条`;

/** 2023年5月24日, of a day like 2023-05-24. */
export function dayInWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${year}年${month}月${date}日`;
}

/** 2023年5月24日09:00, Beijing time. */
export function momentInWords(milliseconds) {
  const local = new Date(milliseconds + BEIJING).toISOString();
  return `${dayInWords(local.slice(0, 10))}${local.slice(11, 16)}（北京时间）`;
}
