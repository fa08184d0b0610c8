// How many text messages a text takes, by the alphabets of 3GPP TS 23.038; the same sums as agent/language/sms.py.

const GSM7 = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const TWICE = new Set("^{}\\[~]|€\f");

function packed(widths, single, joined) {
  if (widths.reduce((sum, width) => sum + width, 0) <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > joined) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return segments;
}

export function smsSize(text) {
  const signs = [...text];
  if (signs.length === 0) return { encoding: "GSM-7", segments: 0 };
  if (signs.every((sign) => GSM7.has(sign) || TWICE.has(sign))) {
    const widths = signs.map((sign) => (TWICE.has(sign) ? 2 : 1));
    return { encoding: "GSM-7", segments: packed(widths, 160, 153) };
  }
  return { encoding: "UCS-2", segments: packed(signs.map((sign) => sign.length), 70, 67) };
}
