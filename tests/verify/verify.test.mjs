// The second verifier, written from docs/formats.md, against the built binary:
// a receipt, a whole log by its tiles, a witness, and a log that forks. Run `make
// build`, then `npm test`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entries, fetched, Log, tilePath } from './log.mjs';
import { readKey } from './note.mjs';
import { readReceipt } from './receipt.mjs';
import { consistency, extend, root, sha256 } from './tree.mjs';
import { binary, folder, receiptOf, run, signIn, until } from './world.mjs';

const demo = (data, ...more) => run(1, 'demo', '--addr', '127.0.0.1:0', '--data', data, '--cases', '12', ...more);

// once remembers what was verified: the same signature over the same words.
function once(key) {
  const known = new Map();
  return { ...key, holds: (message, signature) => {
    const k = `${message.toString('base64')} ${signature.toString('base64')}`;
    if (!known.has(k)) known.set(k, key.holds(message, signature));
    return known.get(k);
  } };
}

test('a verifier that shares no code with the product', async (t) => {
  const dir = folder(t);
  const data = join(dir, 'county');
  const older = join(dir, 'older');

  // The county is founded, then its folder is copied as it is, keys and all: the
  // older copy of a virtual machine.
  let county = await demo(data);
  const told = JSON.parse((await fetched(`${county.lines[0]}/log/`)).toString());
  await county.stop();
  cpSync(data, older, { recursive: true });

  const witness = await run(2, 'witness', '--addr', '127.0.0.1:0', '--data', join(dir, 'witness'), '--name', 'shi.example/w1', '--log', told.keys[0]);
  t.after(() => witness.stop());
  const watched = ['--witness', `${witness.lines[1]}@${witness.lines[0]}`, '--witness-every', '500ms'];
  county = await demo(data, ...watched);
  t.after(() => county.stop());
  const base = county.lines[0];
  const [ed, sm2, seen] = [told.keys[0], told.keys[1], witness.lines[1]].map(readKey).map(once);
  const baker = await signIn(base, 'baker');
  const keys = [ed, sm2, seen];
  const log = new Log(`${base}/log/1`, keys);
  let receipt;

  await t.test('the receipt holds, with both signatures of the log and the witness', async () => {
    receipt = await until('a cosigned receipt', async () => {
      const file = await receiptOf(base, baker);
      return readReceipt(file, keys).trees[0].witnesses.length ? file : null;
    });
    const found = readReceipt(receipt, keys);
    assert.ok(found.acts.length >= 4 && found.acts.some((a) => a.opened['applicant.name'] === '云小满'), 'the acts and what she wrote');
    assert.equal(found.trees[0].signers.length, 2);
    assert.deepEqual(found.trees[0].witnesses.map((w) => w.name), ['shi.example/w1']);
    for (const one of keys.slice(0, 2)) assert.equal(readReceipt(receipt, [one]).trees[0].signers.length, 1, 'each key of the log suffices');
    product(receipt, true);
  });

  // product asks the product's own verifier: both must be of one mind.
  function product(file, holds, ...these) {
    const path = join(dir, 'receipt.json');
    writeFileSync(path, file);
    const args = (these.length ? these : [...told.keys, witness.lines[1]]).flatMap((k) => ['--key', k]);
    const check = () => execFileSync(binary, ['verify', ...args, path], { stdio: 'pipe' }).toString();
    if (!holds) return assert.throws(check);
    assert.match(check(), /shi\.example\/w1/);
  }

  await t.test('nothing in a receipt can be changed', async (t) => {
    const whole = JSON.parse(receipt);
    const flip = (text, at) => {
      const b = Buffer.from(text, 'base64');
      b[at < 0 ? b.length + at : at] ^= 1;
      return b.toString('base64');
    };
    const line = (r, kind, change) => {
      const lines = r.trees[0].checkpoint.split('\n');
      const at = lines.findIndex((l) => l.startsWith(`— ${kind.name} ${Buffer.from(kind.id, 'hex').toString('base64').slice(0, 5)}`));
      assert.ok(at > 0);
      const [dash, name, b] = lines[at].split(' ');
      lines[at] = `${dash} ${name} ${change(b)}`;
      r.trees[0].checkpoint = lines.join('\n');
    };
    const body = (r, n, change) => {
      const lines = r.trees[0].checkpoint.split('\n');
      lines[n] = change(lines[n]);
      r.trees[0].checkpoint = lines.join('\n');
    };
    const opened = whole.acts.findIndex((a) => a.disclosed);
    const changes = {
      'a leaf': (r) => (r.acts[1].leaf = r.acts[1].leaf.replace('"kind":"case.', '"kind":"cast.')),
      'the time in a leaf': (r) => (r.acts[0].leaf = r.acts[0].leaf.replace(/"at":(\d)/, (_, d) => `"at":${9 - d}`)),
      'white space in a leaf': (r) => (r.acts[0].leaf = r.acts[0].leaf.replace('"v":1,', '"v":1, ')),
      'a hash of a path': (r) => (r.acts[2].path[3] = flip(r.acts[2].path[3], 7)),
      'a path that is shorter': (r) => r.acts[2].path.pop(),
      'a path that is longer': (r) => r.acts[2].path.push(r.acts[2].path[0]),
      'the number of an act': (r) => (r.acts[1].seq += 1),
      'a number beyond the tree': (r) => (r.acts[1].seq = 1e9),
      'a negative number': (r) => (r.acts[1].seq = -1),
      'the root': (r) => body(r, 2, (l) => flip(l, 0)),
      'the size': (r) => body(r, 1, (l) => String(Number(l) + 1)),
      'the name of the log': (r) => body(r, 0, (l) => l + '0'),
      'the name of the log, everywhere': (r) => { body(r, 0, (l) => l + '0'); r.trees[0].log += '0'; r.acts.forEach((a) => (a.log += '0')); },
      'the Ed25519 signature': (r) => line(r, ed, (b) => flip(b, 20)),
      'the SM2 signature': (r) => line(r, sm2, (b) => flip(b, -3)),
      'the cosignature': (r) => line(r, seen, (b) => flip(b, -3)),
      'the time of the cosignature': (r) => line(r, seen, (b) => flip(b, 11)),
      'the signatures of the log, taken away': (r) => (r.trees[0].checkpoint = r.trees[0].checkpoint.split('\n').filter((l) => !l.startsWith(`— ${ed.name}`)).join('\n')),
      'a value': (r) => (r.acts[opened].disclosed[0].value += ' '),
      'a salt': (r) => (r.acts[opened].disclosed[0].salt = flip(r.acts[opened].disclosed[0].salt, 31)),
      'the field of a value': (r) => (r.acts[opened].disclosed[0].field = r.acts[opened].disclosed[1].field),
      'an act in the middle, taken away': (r) => r.acts.splice(1, 1),
      'the first act, taken away': (r) => r.acts.shift(),
      'every act, taken away': (r) => (r.acts = []),
      'an act twice': (r) => r.acts.splice(1, 0, r.acts[1]),
      'the order': (r) => r.acts.reverse(),
      'the stream': (r) => (r.stream += '0'),
      'the tree, taken away': (r) => (r.trees = []),
      'the format': (r) => (r.format = 'tongban-proof/2'),
    };
    for (const [what, change] of Object.entries(changes)) {
      const r = structuredClone(whole);
      change(r);
      const file = Buffer.from(JSON.stringify(r, null, 1) + '\n');
      await t.test(what, () => {
        assert.throws(() => readReceipt(file, keys));
        product(file, false);
      });
    }
    await t.test('nothing at all', () => assert.ok(readReceipt(Buffer.from(JSON.stringify(whole, null, 1) + '\n'), keys)));

    await t.test('the key', () => {
      const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
      const encoded = Buffer.concat([Buffer.of(1), raw]);
      const other = `${ed.name}+${sha256(ed.name + '\n', encoded).subarray(0, 4).toString('hex')}+${encoded.toString('base64')}`;
      assert.throws(() => readReceipt(receipt, [readKey(other)]));
      assert.throws(() => readReceipt(receipt, [seen]), 'a witness alone does not make a checkpoint');
      assert.throws(() => readKey(told.keys[0].replace(/.$/, '')));
      product(receipt, false, other);
      product(receipt, false, witness.lines[1]);
    });

    await t.test('a byte anywhere', () => {
      const proven = (file) => {
        const r = readReceipt(file, keys);
        return JSON.stringify([r.stream, r.trees.map((x) => [x.signers, x.witnesses]), r.acts.map((a) => [a.log, a.seq, a.leaf, a.opened])]);
      };
      const whole = proven(receipt);
      for (let at = 0; at < receipt.length; at += 11) {
        const file = Buffer.from(receipt);
        file[at] ^= 1;
        let got = null;
        try {
          got = proven(file);
        } catch { /* as it should be */ }
        assert.notEqual(got, whole, `byte ${at} is changed and nothing is missing`);
      }
    });
  });

  let first, leaves;
  await t.test('the root is that of the hash tiles, at every level', async () => {
    first = await log.checkpoint();
    assert.equal(first.witnesses.length, 1);
    assert.ok(first.size > 1000, `${first.size} acts: more than one full tile`);
    leaves = await log.leaves(first);
    const found = readReceipt(receipt, keys);
    for (const a of found.acts) assert.ok(leaves[a.seq].equals(a.hash), 'the act of the receipt is in the published log');
  });

  await t.test('a later checkpoint extends the earlier one', async () => {
    await signIn(base, 'neighbour');
    const later = await until('a later checkpoint', async () => {
      const c = await log.checkpoint();
      return c.size > first.size ? c : null;
    });
    const all = await log.leaves(later);
    assert.ok(root(all, 0, first.size).equals(first.root), 'the earlier root is that of the first leaves of the later log');
    const proof = consistency(all, first.size, later.size);
    extend(first.size, later.size, proof, first.root, later.root);
    for (let i = 0; i < proof.length; i++) {
      const touched = proof.map((h, k) => (k === i ? sha256(h) : h));
      assert.throws(() => extend(first.size, later.size, touched, first.root, later.root));
    }
    assert.throws(() => extend(first.size, later.size, proof.slice(1), first.root, later.root));
    assert.throws(() => extend(first.size, later.size, proof, later.root, later.root));
  });

  await t.test('a changed tile or checkpoint does not lead to the root', async () => {
    const rest = first.size % 256;
    for (const path of [tilePath(0, 0), tilePath(0, 3), tilePath(0, Math.floor(first.size / 256), rest), tilePath(1, 0, Math.floor(first.size / 256))]) {
      const touched = new Log(log.prefix, keys, async (url) => {
        const b = Buffer.from(await fetched(url));
        if (url.endsWith('/' + path)) b[b.length - 1] ^= 1;
        return b;
      });
      await assert.rejects(touched.leaves(first), path);
    }
    const short = new Log(log.prefix, keys, async (url) => (await fetched(url)).subarray(32));
    await assert.rejects(short.leaves(first));
    const swapped = new Log(log.prefix, keys, (url) => fetched(url.replace(/0\/001$/, '0/002')));
    await assert.rejects(swapped.leaves(first));
    const forged = new Log(log.prefix, keys, async (url) => Buffer.from((await fetched(url)).toString().replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) - 1}\n`)));
    await assert.rejects(forged.checkpoint());
  });

  await t.test('paths, types and caching are those of C2SP tlog-tiles', async () => {
    const head = async (path, header) => {
      const a = await fetch(`${log.prefix}/${path}`, { headers: header });
      await a.arrayBuffer();
      return [a.status, a.headers.get('content-type'), a.headers.get('cache-control')];
    };
    assert.deepEqual(await head('checkpoint'), [200, 'text/plain; charset=utf-8', 'public, max-age=1']);
    assert.deepEqual(await head('tile/0/000'), [200, 'application/octet-stream', 'public, max-age=31536000, immutable']);
    assert.deepEqual((await head('tile/0/000.p/17')).slice(0, 2), [200, 'application/octet-stream']);
    for (const path of ['tile/0/x001/000', 'tile/0/900', 'tile/9/000', 'tile/0/0', 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/017',
      tilePath(0, Math.floor(first.size / 256) + 1, 1), '../2/checkpoint', '../01/checkpoint']) {
      const [status, , caching] = await head(path);
      assert.deepEqual([path, status, caching], [path, 404, 'no-store'], 'what may come later is not kept by caches');
    }
  });

  await t.test('the page about proofs names the witness and how far it has seen', async () => {
    const page = (await fetched(`${base}/proof`)).toString();
    assert.ok(page.includes(witness.lines[1].replaceAll('+', '&#43;')) || page.includes(witness.lines[1]));
    assert.match(page, /核对到第 \d+ 条/);
  });

  await t.test('entries are for those who may read the feed', async () => {
    const get = (header) => fetch(`${log.prefix}/tile/entries/000`, { headers: header });
    assert.equal((await get()).status, 401);
    assert.equal((await get(baker)).status, 403);
    const answer = await get(await signIn(base, 'zfb.supervisor1'));
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('cache-control'), /private/);
    const hashes = entries(Buffer.from(await answer.arrayBuffer()));
    assert.equal(hashes.length, 256);
    hashes.forEach((h, i) => assert.ok(h.equals(leaves[i]), `entry ${i} is the leaf of its tile`));
  });

  await t.test('an older copy that goes on signing is not cosigned, and both branches show it', async () => {
    await county.stop();
    const said = execFileSync(binary, ['verify', '--data', data, '--origin', told.origin, '--key', witness.lines[1]], { stdio: 'pipe' }).toString();
    assert.match(said, /shi\.example\/w1\S* 在 .*共同签了名/);
    const stood = (await fetched(witness.lines[0])).toString();
    const fork = await demo(older, ...watched);
    try {
      const again = await signIn(fork.lines[0], 'baker');
      await until('the refusal of the witness', () => /"apart":true/.test(fork.said));
      const other = readReceipt(await receiptOf(fork.lines[0], again), keys); // signed by the right key
      assert.equal(other.trees[0].witnesses.length, 0, 'and by no witness');
      const forked = await new Log(`${fork.lines[0]}/log/1`, keys).leaves(other.trees[0]);
      const common = Math.min(forked.length, leaves.length);
      assert.ok(!root(forked, 0, common).equals(root(leaves, 0, common)), 'one is not the beginning of the other');
      assert.equal((await fetched(witness.lines[0])).toString(), stood, 'the witness stands where it stood');
    } finally {
      await fork.stop();
    }
  });
});
