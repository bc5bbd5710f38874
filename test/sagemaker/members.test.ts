import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { membersPage } from '../../scripts/members-page.ts';
import { python } from './python.ts';

type Report = Readonly<Record<'members' | 'refused' | 'no' | 'recorded' | 'taken', number>> & { problems: string[] };

describe('the table of members', () => {
  it('is what the server does with each of them, refused, recorded or real @long', async () => {
    const report = JSON.parse(await python('test/sagemaker/check_members.py')) as Report;
    assert.deepEqual(report.problems, []);
    const { members, refused, no, recorded, taken } = report;
    assert.ok(members > 1000 && refused > 500 && no > 10 && recorded > 200 && taken > 500, JSON.stringify(report));
  }).timeout(180_000);

  it('finds out members that the model has and it has not, and the other way round', async () => {
    const lost = [
      'from sagemaker_server.members import MEMBERS, members_of',
      'from sagemaker_server.statuses import REAL',
      'tree = MEMBERS["sagemaker"]["CreateModel"]',
      'for change in (lambda: tree.pop("VpcConfig"), lambda: tree.update(Vpc=REAL), lambda: tree.update(Tags=REAL)):',
      '    kept = dict(tree)',
      '    change()',
      '    try: members_of("sagemaker", "CreateModel")',
      '    except LookupError as error: print(error.args[0])',
      '    tree.clear(); tree.update(kept)',
    ];
    assert.deepEqual((await python('-c', lost.join('\n'))).split('\n'), [
      'CreateModel: CreateModelInput: not in both model and table: VpcConfig',
      'CreateModel: CreateModelInput: not in both model and table: Vpc',
      'CreateModel: Tags[] has members: say for each of them that it is real',
    ]);
  });

  it('has every operation that the servers answer, and no other', async () => {
    const differ = [
      'from glue_jobs import operations as glue',
      'from sagemaker_server.app import RUNTIME',
      'from sagemaker_server.members import MEMBERS',
      'from sagemaker_server.operations import OPERATIONS, SCALING',
      'print(set(MEMBERS["sagemaker"]) ^ set(OPERATIONS), set(MEMBERS["application-autoscaling"]) ^ set(SCALING),',
      '  set(MEMBERS["glue"]) ^ {*glue.OPERATIONS, *glue.OF_TAGS}, set(RUNTIME.values()) - set(MEMBERS["sagemaker-runtime"]))',
    ];
    assert.equal(await python('-c', differ.join('\n')), "set() set() set() {'InvokeEndpointWithResponseStream'}");
  });

  it('is what its page shows (npm run docs writes it)', async () => {
    assert.equal(await readFile('docs/laptop-sagemaker-members.md', 'utf8'), membersPage());
  });
});
