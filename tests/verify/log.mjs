// A whole log, read by its tiles over HTTP: docs/formats.md, section 5.
import { readCheckpoint } from './note.mjs';
import { leafHash, root } from './tree.mjs';

const width = 256;

export function tilePath(level, n, w = width) {
  let name = String(n % 1000).padStart(3, '0');
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) name = `x${String(n % 1000).padStart(3, '0')}/${name}`;
  return `tile/${level}/${name}${w < width ? `.p/${w}` : ''}`;
}

// Log reads one generation below its prefix. get may be replaced, to see what
// happens when the network tells something else.
export class Log {
  constructor(prefix, keys, get = fetched) {
    Object.assign(this, { prefix, keys, get });
  }

  async checkpoint() {
    return readCheckpoint((await this.get(`${this.prefix}/checkpoint`)).toString(), this.keys);
  }

  async tile(level, n, w) {
    const b = await this.get(`${this.prefix}/${tilePath(level, n, w)}`);
    if (b.length !== w * 32) throw new Error(`${tilePath(level, n, w)} has ${b.length} bytes`);
    return Array.from({ length: w }, (_, i) => b.subarray(i * 32, (i + 1) * 32));
  }

  // row fetches all hashes of a level for a tree of this size.
  async row(level, size) {
    const count = Math.floor(size / width ** level);
    const all = [];
    for (let n = 0; n * width < count; n++) all.push(...(await this.tile(level, n, Math.min(width, count - n * width))));
    return all;
  }

  // leaves fetches the leaf hashes that a checkpoint covers and throws unless
  // they, and every level of tiles above them, lead to its root.
  async leaves(checkpoint) {
    const leaves = await this.row(0, checkpoint.size);
    if (!root(leaves).equals(checkpoint.root)) throw new Error('the tiles do not lead to the root');
    for (let level = 1, below = leaves; Math.floor(checkpoint.size / width ** level) > 0; level++) {
      const row = await this.row(level, checkpoint.size);
      row.forEach((h, i) => {
        if (!root(below, i * width, (i + 1) * width).equals(h)) throw new Error(`hash ${i} of level ${level} is not that of the tile below`);
      });
      below = row;
    }
    return leaves;
  }
}

// entries parts a bundle into leaves and gives their hashes.
export function entries(bundle) {
  const hashes = [];
  for (let at = 0; at < bundle.length;) {
    const length = bundle.readUInt16BE(at);
    if (at + 2 + length > bundle.length) throw new Error('the bundle is cut off');
    hashes.push(leafHash(bundle.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return hashes;
}

export async function fetched(url) {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
