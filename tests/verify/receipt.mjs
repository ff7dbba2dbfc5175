// The receipt that a person downloads: docs/formats.md, section 6.
import { base64, readCheckpoint } from './note.mjs';
import { included, leafHash, sha256 } from './tree.mjs';

const hash = (text) => {
  const b = base64(text);
  if (b.length !== 32) throw new Error('not a hash');
  return b;
};

function commitment(salt, field, value) {
  const parts = [salt, Buffer.from(field), Buffer.from(value)];
  return sha256(...parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  })).toString('hex');
}

// only throws when an object has other members than these; those ending in ? may
// be missing.
function only(object, ...members) {
  const all = members.map((m) => m.replace('?', ''));
  for (const m of Object.keys(object)) if (!all.includes(m)) throw new Error(`a receipt has no member ${m}`);
  for (const m of members) if (!m.endsWith('?') && object[m] === undefined) throw new Error(`the member ${m} is missing`);
}

// readReceipt verifies a receipt file with keys and returns what it proves; it
// throws at the first thing that does not hold.
export function readReceipt(file, keys) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  const receipt = JSON.parse(text);
  only(receipt, 'format', 'stream', 'acts', 'trees');
  if (receipt.format !== 'tongban-proof/1') throw new Error('not a receipt of this format');
  if (!receipt.acts.length) throw new Error('the receipt holds no act');
  const trees = new Map();
  for (const tree of receipt.trees) {
    only(tree, 'log', 'checkpoint');
    const said = readCheckpoint(tree.checkpoint, keys);
    if (said.log !== tree.log || trees.has(tree.log)) throw new Error('the checkpoint is of another log');
    trees.set(tree.log, said);
  }
  let before = '';
  const acts = receipt.acts.map((act, i) => {
    only(act, 'log', 'seq', 'leaf', 'path', 'disclosed?');
    const tree = trees.get(act.log);
    if (!tree) throw new Error(`act ${i + 1} is of a log whose tree is not there`);
    const h = leafHash(Buffer.from(act.leaf));
    included(act.seq, tree.size, h, act.path.map(hash), tree.root);
    const leaf = JSON.parse(act.leaf);
    if (leaf.v !== 1) throw new Error(`act ${i + 1} is of a version that is not known here`);
    if (leaf.stream !== receipt.stream || leaf.n !== i + 1 || leaf.prev !== before) throw new Error(`act ${i + 1} does not follow the one before`);
    before = h.toString('hex');
    const opened = {};
    for (const d of act.disclosed ?? []) {
      only(d, 'field', 'salt', 'value');
      if (d.field in opened || leaf.fields?.[d.field] !== commitment(base64(d.salt), d.field, d.value)) throw new Error(`act ${i + 1}: ${d.field} is not what was recorded`);
      opened[d.field] = d.value;
    }
    return { log: act.log, seq: act.seq, hash: h, leaf, opened };
  });
  return { stream: receipt.stream, acts, trees: [...trees.values()] };
}
