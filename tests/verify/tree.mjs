// The Merkle tree of RFC 6962 section 2.1, as docs/formats.md gives it.
import { createHash } from 'node:crypto';

export const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
export const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
export const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

// split is the largest power of two smaller than n.
function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// root is the tree's hash over leaf hashes from..to.
export function root(hashes, from = 0, to = hashes.length) {
  if (to === from) return sha256();
  if (to - from === 1) return hashes[from];
  const k = split(to - from);
  return nodeHash(root(hashes, from, from + k), root(hashes, from + k, to));
}

// climb walks an audit path of section 2.1.1 from leaf number m of n up to the root.
function climb(m, n, leaf, path) {
  if (n === 1) {
    if (path.length) throw new Error('the path is too long');
    return leaf;
  }
  if (!path.length) throw new Error('the path is too short');
  const k = split(n);
  const last = path[path.length - 1];
  const rest = path.slice(0, -1);
  return m < k ? nodeHash(climb(m, k, leaf, rest), last) : nodeHash(last, climb(m - k, n - k, leaf, rest));
}

// included throws unless the path leads from the leaf to the root.
export function included(m, n, leaf, path, want) {
  if (!Number.isSafeInteger(m) || m < 0 || m >= n) throw new Error(`there is no leaf ${m} in a tree of ${n}`);
  if (!climb(m, n, leaf, path).equals(want)) throw new Error('the path does not lead to the root');
}

// consistency is the proof of section 2.1.2 that n leaves extend the first m.
export function consistency(hashes, m, n) {
  const sub = (m, from, to, whole) => {
    const n = to - from;
    if (m === n) return whole ? [] : [root(hashes, from, to)];
    const k = split(n);
    return m <= k
      ? [...sub(m, from, from + k, whole), root(hashes, from + k, to)]
      : [...sub(m - k, from + k, to, false), root(hashes, from, from + k)];
  };
  return sub(m, 0, n, true);
}

// extend throws unless the proof leads from the root of m leaves to both roots:
// RFC 9162 section 2.1.4.2.
export function extend(m, n, proof, oldRoot, newRoot) {
  if (m === n) {
    if (proof.length || !oldRoot.equals(newRoot)) throw new Error('two trees of one size differ');
    return;
  }
  if (m <= 0 || m > n) throw new Error('the later tree is the smaller one');
  const path = (m & (m - 1)) === 0 ? [oldRoot, ...proof] : [...proof];
  if (!path.length) throw new Error('the proof is too short');
  let [fn, sn] = [m - 1, n - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  let [fr, sr] = [path[0], path[0]];
  for (const c of path.slice(1)) {
    if (sn === 0) throw new Error('the proof is too long');
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else sr = nodeHash(sr, c);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  if (sn !== 0 || !fr.equals(oldRoot) || !sr.equals(newRoot)) throw new Error('the later tree does not extend the earlier one');
}
