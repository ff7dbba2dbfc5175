// Signed checkpoints: keys, signatures of the log, cosignatures of witnesses.
import { createPublicKey, verify } from 'node:crypto';
import { sm2Holds } from './sm2.mjs';
import { sha256 } from './tree.mjs';

const sm2Kind = Buffer.from('\xfftongban/sm2-with-sm3', 'latin1');

// base64 reads strictly: what is read must be written the same again.
export function base64(text) {
  const b = Buffer.from(text, 'base64');
  if (b.toString('base64') !== text) throw new Error(`not base64: ${text}`);
  return b;
}

function ed25519(key, message, signature) {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  return signature.length === 64 && verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
}

// readKey reads name+id+base64.
export function readKey(text) {
  const [name, id, ...rest] = text.split('+');
  const encoded = base64(rest.join('+'));
  if (sha256(name + '\n', encoded).subarray(0, 4).toString('hex') !== id) throw new Error(`the id of the key ${name} is not its own`);
  const key = { name, id, witness: false };
  const raw = encoded.subarray(1);
  if (encoded[0] === 1 && raw.length === 32) {
    key.holds = (message, signature) => ed25519(raw, message, signature);
  } else if (encoded[0] === 4 && raw.length === 32) {
    key.witness = true;
    key.holds = (message, signature) => {
      const time = signature.length === 72 && signature.readBigUInt64BE();
      return time !== false && time < 2n ** 63n
        && ed25519(raw, Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), message]), signature.subarray(8));
    };
  } else if (encoded.subarray(0, sm2Kind.length).equals(sm2Kind)) {
    const point = encoded.subarray(sm2Kind.length);
    key.holds = (message, signature) => sm2Holds(point, message, signature);
  } else throw new Error(`the key ${name} is of a kind that is not known here`);
  return key;
}

// readCheckpoint verifies a checkpoint with keys and returns what it says and
// who signed.
export function readCheckpoint(text, keys) {
  const [body, lines, more] = text.split('\n\n');
  if (lines === undefined || more !== undefined || !lines.endsWith('\n')) throw new Error('not a signed note');
  const message = Buffer.from(body + '\n');
  const said = { log: '', size: 0, root: null, signers: [], witnesses: [] };
  for (const line of lines.slice(0, -1).split('\n')) {
    const [dash, name, encoded, end] = line.split(' ');
    if (dash !== '—' || !name || encoded === undefined || end !== undefined) throw new Error(`not a signature: ${line}`);
    const b = base64(encoded);
    if (b.length < 5) throw new Error(`not a signature: ${line}`);
    const key = keys.find((k) => k.name === name && k.id === b.subarray(0, 4).toString('hex'));
    if (!key) continue;
    if (!key.holds(message, b.subarray(4))) throw new Error(`the signature of ${name} does not hold`);
    if (key.witness) said.witnesses.push({ name, time: Number(b.readBigUInt64BE(4)) });
    else said.signers.push(`${name}+${key.id}`);
  }
  if (!said.signers.length) throw new Error('no key of the log signed this checkpoint');
  const [log, size, root, ...extensions] = body.split('\n');
  if (extensions.length || !log || !/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) throw new Error('not a checkpoint');
  Object.assign(said, { log, size: Number(size), root: base64(root) });
  if (said.root.length !== 32) throw new Error('the root is not a hash');
  return said;
}
