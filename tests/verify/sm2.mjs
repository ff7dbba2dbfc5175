// SM2 signatures with SM3 (GB/T 32918.2, curve of GB/T 32918.5), verified with
// integers; slow and plain, for a few signatures.
import { createHash } from 'node:crypto';

const hex = (s) => BigInt('0x' + s.replaceAll(' ', ''));
const p = hex('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFF');
const a = p - 3n;
const b = hex('28E9FA9E 9D9F5E34 4D5A9E4B CF6509A7 F39789F5 15AB8F92 DDBCBD41 4D940E93');
const n = hex('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123');
const G = [
  hex('32C4AE2C 1F198119 5F990446 6A39C994 8FE30BBF F2660BE1 715A4589 334C74C7'),
  hex('BC3736A2 F4F6779C 59BDCEE3 6B692153 D0A9877C C62A4740 02DF32E5 2139F0A0'),
];

const mod = (x, m) => ((x % m) + m) % m;

function inverse(x, m) {
  let [r, s, u, v] = [mod(x, m), m, 1n, 0n];
  while (r > 1n) {
    const q = s / r;
    [r, s, u, v] = [s - q * r, r, v - q * u, u];
  }
  return mod(u, m);
}

// add adds two points; null is the point at infinity.
function add(P, Q) {
  if (!P) return Q;
  if (!Q) return P;
  if (P[0] === Q[0] && mod(P[1] + Q[1], p) === 0n) return null;
  const l = P[0] === Q[0] ? (3n * P[0] * P[0] + a) * inverse(2n * P[1], p) : (Q[1] - P[1]) * inverse(Q[0] - P[0], p);
  const x = mod(l * l - P[0] - Q[0], p);
  return [x, mod(l * (P[0] - x) - P[1], p)];
}

function times(k, P) {
  let R = null;
  for (; k > 0n; k >>= 1n, P = add(P, P)) if (k & 1n) R = add(R, P);
  return R;
}

const bytes = (x) => Buffer.from(x.toString(16).padStart(64, '0'), 'hex');
const number = (buf) => (buf.length ? BigInt('0x' + buf.toString('hex')) : 0n);
const sm3 = (...parts) => parts.reduce((h, part) => h.update(part), createHash('sm3')).digest();

// integers reads DER SEQUENCE {INTEGER, INTEGER} in its one right form.
function integers(der) {
  let rest = der;
  const take = (tag) => {
    const length = rest[1];
    if (rest[0] !== tag || !(length < 0x80) || rest.length < 2 + length) throw new Error('not DER');
    const value = rest.subarray(2, 2 + length);
    rest = rest.subarray(2 + length);
    return value;
  };
  const all = take(0x30);
  if (rest.length) throw new Error('not DER');
  rest = all;
  const list = [take(0x02), take(0x02)];
  if (rest.length || list.some((v) => !v.length || v[0] & 0x80 || (v.length > 1 && v[0] === 0 && !(v[1] & 0x80)))) throw new Error('not DER');
  return list.map(number);
}

// sm2Holds tells whether a signature of the point (04 ‖ x ‖ y) over the message holds.
export function sm2Holds(point, message, der) {
  const P = [number(point.subarray(1, 33)), number(point.subarray(33))];
  if (point.length !== 65 || point[0] !== 4 || P[0] >= p || P[1] >= p || mod(P[1] ** 2n - P[0] ** 3n - a * P[0] - b, p) !== 0n) return false;
  let r, s;
  try {
    [r, s] = integers(der);
  } catch {
    return false;
  }
  if (r < 1n || r >= n || s < 1n || s >= n) return false;
  const identity = Buffer.from('1234567812345678');
  const bits = Buffer.of((identity.length * 8) >> 8, (identity.length * 8) & 0xff);
  const z = sm3(bits, identity, bytes(a), bytes(b), bytes(G[0]), bytes(G[1]), point.subarray(1));
  const t = mod(r + s, n);
  if (t === 0n) return false;
  const R = add(times(s, G), times(t, P));
  return R !== null && mod(number(sm3(z, message)) + R[0], n) === r;
}
