/** Numbers as the public reads them. */

export const counted = (number) => Number(number).toLocaleString("en");

/** 第1,210条: the number is the index itself. */
export const nth = (index) => `第${counted(index)}条`;
