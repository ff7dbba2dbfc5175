// Reads every file that rules/flow writes with bpmn-moddle, which knows nothing
// of Tongban: no warning, no dangling reference, and what was drawn is drawn.
// Run `npm ci` here once, then `node --test tests/bpmn/`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BpmnModdle } from 'bpmn-moddle';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = mkdtempSync(join(tmpdir(), 'tongban-bpmn-'));
after(() => rmSync(out, { recursive: true, force: true }));

execFileSync('go', ['test', '-count=1', '-run', '^TestWritesForAnIndependentReader$', './internal/rules/flow/', './internal/rules/flowtable/'], {
  cwd: root,
  env: { ...process.env, TONGBAN_BPMN_OUT: out },
  stdio: ['ignore', 'ignore', 'inherit'],
});

const files = readdirSync(out).filter((name) => name.endsWith('.bpmn'));
test('something was written', () => assert.ok(files.length > 40, `only ${files.length} files`));

for (const name of files) {
  test(name, async () => {
    const bytes = readFileSync(join(out, name));
    const latin = /encoding="ISO-8859-1"/i.test(bytes.subarray(0, 200).toString('latin1'));
    // The reader takes decoded text and would warn of any declared encoding but UTF-8.
    const text = bytes.toString(latin ? 'latin1' : 'utf8').replace(/encoding="ISO-8859-1"/i, 'encoding="UTF-8"');
    const { rootElement, warnings } = await new BpmnModdle().fromXML(text);
    assert.deepEqual(warnings.map((w) => w.message), []);
    assert.equal(rootElement.$type, 'bpmn:Definitions');

    const processes = rootElement.rootElements.filter((e) => e.$type === 'bpmn:Process');
    assert.ok(processes.length > 0, 'no process');
    const plane = rootElement.diagrams[0].plane;
    assert.ok(plane.bpmnElement, 'the drawing belongs to nothing');
    const drawn = new Set(plane.planeElement.map((e) => e.bpmnElement?.id));
    for (const process of processes.filter((p) => name.startsWith('grown-') || name === 'joint.bpmn')) {
      for (const element of process.flowElements) {
        assert.ok(drawn.has(element.id), `${element.$type} ${element.id} is not drawn`);
        if (element.$type === 'bpmn:SequenceFlow') {
          assert.ok(element.sourceRef && element.targetRef, `${element.id} hangs in the air`);
        }
      }
    }
  });
}
