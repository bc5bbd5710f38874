import assert from 'node:assert/strict';
import { npmVerdict, pythonVerdict } from '../../scripts/audit.ts';

describe('the audit of dependencies', () => {
  const npm = (severity: string) => ({
    vulnerabilities: { tar: { name: 'tar', severity, range: '<7.5.0' } },
    metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 1, [severity]: 1 } },
  });

  it('fails on high and critical flaws, and on no others', () => {
    assert.deepEqual(npmVerdict(JSON.stringify(npm('high'))), { flaws: ['tar <7.5.0: high'] });
    assert.deepEqual(npmVerdict(JSON.stringify(npm('critical'))), { flaws: ['tar <7.5.0: critical'] });
    assert.deepEqual(npmVerdict(JSON.stringify(npm('moderate'))), { flaws: [] });
  });

  it('fails on what a newer Python package mends', () => {
    const of = (mends: string[]) =>
      JSON.stringify({
        dependencies: [
          { name: 'idna', version: '3.6', vulns: [{ id: 'PYSEC-2024-60', fix_versions: mends }] },
          { name: 'numpy', version: '2.2.6', vulns: [] },
        ],
      });
    assert.deepEqual(pythonVerdict(of(['3.7'])), { flaws: ['idna 3.6: PYSEC-2024-60'] });
    assert.deepEqual(pythonVerdict(of([])), { flaws: [] });
  });

  it('is pending, with the reason, where a registry cannot be asked', () => {
    const refused = { message: '405 Method Not Allowed', statusCode: 405, error: { summary: '', detail: '' } };
    assert.deepEqual(npmVerdict(JSON.stringify(refused)), { pending: '405 Method Not Allowed' });
    assert.deepEqual(npmVerdict(''), { pending: 'npm gave no answer' });
    assert.deepEqual(pythonVerdict('Traceback'), { pending: 'pip-audit gave no answer' });
  });
});
