/**
 * Points of edwards25519 (RFC 8032, section 5.1), as far as a verifier must look at them itself.
 *
 * The RFC leaves verifiers free to differ on small-order and non-canonical points, and browsers do differ. The ledger
 * takes the strictest reading, so such points are refused here before a browser is asked about a signature.
 */
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const SIGN = 1n << 255n;
const SQRT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);
const Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/** The y of all points whose order divides 8, and P and P + 1, which are other spellings of 0 and 1. */
const SMALL_ORDER = new Set([0n, 1n, P - 1n, P, P + 1n, Y_OF_ORDER_8, P - Y_OF_ORDER_8]);
const IDENTITY = [0n, 1n, 1n, 0n];

/** Whether 32 bytes spell a point whose order divides 8. Such a key "verifies" signatures that nobody made. */
export const isSmallOrder = (bytes) => SMALL_ORDER.has(yOf(bytes));

/** Whether 32 bytes are the one spelling of a point on the curve that is not of small order. */
export const isPoint = (bytes) => yOf(bytes) < P && !isSmallOrder(bytes) && decodePoint(bytes) !== null;

/** Whether 32 bytes are what a key may be enrolled with: a point, as above, of the prime-order group. */
export const isSoundKey = (bytes) => isPoint(bytes) && isIdentity(multiply(ORDER, decodePoint(bytes)));

/** Whether the second half of a signature is below the group's order; a larger number would say the same twice. */
export const isScalar = (bytes) => littleEndian(bytes) < ORDER;

const yOf = (bytes) => littleEndian(bytes) & (SIGN - 1n);

function littleEndian(bytes) {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The point in extended coordinates [X, Y, Z, T], or null where no x belongs to this y (section 5.1.3). */
function decodePoint(bytes) {
  const y = yOf(bytes) % P;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const candidate = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
  const square = mod(v * candidate * candidate);
  if (square !== u && square !== mod(-u)) return null;
  const root = square === u ? candidate : mod(candidate * SQRT_OF_MINUS_1);
  const wantedOdd = littleEndian(bytes) >= SIGN;
  const x = (root & 1n) === (wantedOdd ? 1n : 0n) ? root : mod(-root);
  return [x, y, 1n, mod(x * y)];
}

function multiply(factor, point) {
  let sum = IDENTITY;
  for (let rest = factor, doubled = point; rest > 0n; rest >>= 1n, doubled = add(doubled, doubled)) {
    if (rest & 1n) sum = add(sum, doubled);
  }
  return sum;
}

/** The addition of section 5.1.4, which is complete: it doubles too. */
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

const isIdentity = ([x, y, z]) => x === 0n && y === z;

function power(base, exponent) {
  let result = 1n;
  for (let rest = exponent, square = mod(base); rest > 0n; rest >>= 1n, square = mod(square * square)) {
    if (rest & 1n) result = mod(result * square);
  }
  return result;
}

function mod(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}
