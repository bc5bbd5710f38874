import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { BatchStopJobRunCommand, type CreateJobCommandInput } from '@aws-sdk/client-glue';
import { checkAnswers } from '../sagemaker/answers.ts';
import { type Cloud, startCloud } from '../sagemaker/cloud.ts';
import { alive, until } from '../sagemaker/helpers.ts';
import { type Glue, glueOf } from './glue.ts';

const OUTPUT = '/aws-glue/jobs/output';
const INSTALLED = existsSync(new URL('../../.venv-spark/jars', import.meta.url));
const WHY = INSTALLED ? '' : ' (pending: Spark is not installed, run `npm run setup -- --spark`)';
/** A session and its first job take their time on a busy machine. */
const SECONDS = 240;
/** Jobs of seconds are over before Java's second compiler pays off, which takes most of their time. */
const SHORT = 'spark.driver.defaultJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';
const ETL = {
  Command: { Name: 'glueetl', PythonVersion: '3' },
  GlueVersion: '5.0',
  DefaultArguments: { '--conf': SHORT },
} as Partial<CreateJobCommandInput>;

const COUNT = `
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from awsglue.context import GlueContext
from awsglue.job import Job
from pyspark.context import SparkContext
from pyspark.sql import functions as F

args = getResolvedOptions(sys.argv, ['JOB_NAME', 'source', 'target'])
sc = SparkContext()
spark = GlueContext(sc).spark_session
job = Job(GlueContext(sc))
job.init(args['JOB_NAME'], args)
words = spark.read.text(args['source']).select(F.explode(F.split('value', ' ')).alias('word'))
counts = words.groupBy('word').count().orderBy('word').coalesce(1)
counts.write.mode('overwrite').csv(args['target'])
upper = F.udf(lambda word: word.upper())
print(args['JOB_NAME'], [tuple(row) for row in counts.select(upper('word'), 'count').collect()])
print(spark.conf.get('spark.sql.shuffle.partitions'), spark.version.split('.')[0])
job.commit()
`;

const FRAMES = `
import sys
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame

glue = GlueContext(SparkContext.getOrCreate())
read = glue.create_dynamic_frame.from_options('s3', {'paths': ['s3://bench/rows/']}, 'csv', {'withHeader': True})
wide = DynamicFrame.fromDF(read.toDF().withColumn('twice', read.toDF().a * 2), glue, 'wide')
glue.write_dynamic_frame.from_options(wide.drop_fields(['b']), 's3', {'path': 's3://bench/frames/'}, 'json')
wide.resolveChoice(specs=[('a', 'cast:int')])
`;

describe('a Spark job of Glue where Spark is not installed', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(['--spark', '/nowhere']);
  });
  after(() => cloud.stop());

  it('fails, and names the mend', async () => {
    const glue = glueOf(cloud);
    await glue.job('absent', COUNT, ETL);
    const run = await glue.done('absent');
    assert.equal(run.JobRunState, 'FAILED');
    assert.match(run.ErrorMessage ?? '', /^LAUNCH ERROR \| Spark is not installed .*`npm run setup -- --spark`/);
  });
});

(INSTALLED ? describe : describe.skip)(`a Spark job of Glue${WHY}`, function () {
  this.timeout(SECONDS * 1000);
  let cloud: Cloud;
  let glue: Glue;
  before(async () => {
    cloud = await startCloud();
    glue = glueOf(cloud);
  });
  after(() => cloud.stop());

  it('counts words from s3:// to s3://', async () => {
    await cloud.put('words/one.txt', 'to be or not to be\n');
    await cloud.put('words/two.txt', 'to do\n');
    await glue.job('counts', COUNT, {
      ...ETL,
      DefaultArguments: {
        '--source': 's3://bench/words/',
        '--target': 's3://bench/counts/',
        '--conf': `spark.sql.shuffle.partitions=2 --conf spark.driver.memory=512m --conf ${SHORT}`,
        '--enable-continuous-cloudwatch-log': 'true',
      },
    });
    const run = await glue.done('counts', {}, SECONDS);
    assert.equal(run.JobRunState, 'SUCCEEDED', run.ErrorMessage);
    assert.deepEqual([run.WorkerType, run.NumberOfWorkers, run.Timeout], ['G.1X', 10, 480]);
    const keys = await cloud.keys('counts/');
    assert.ok(keys.includes('counts/_SUCCESS'));
    const part = keys.find((key) => key.endsWith('.csv')) as string;
    assert.equal(String(await cloud.get(part)), 'be,2\ndo,1\nnot,1\nor,1\nto,3\n');
    assert.deepEqual(await cloud.lines(OUTPUT, run.Id), [
      "counts [('BE', 2), ('DO', 1), ('NOT', 1), ('OR', 1), ('TO', 3)]",
      '2 3',
    ]);
    assert.ok((await cloud.lines('/aws-glue/jobs/logs-v2', `${run.Id}-driver`)).length > 0);
  });

  it('reads and writes dynamic frames in S3, and fails clearly at what is not there @long', async () => {
    await cloud.put('rows/a.csv', 'a,b\n1,x\n2,y\n');
    await glue.job('frames', FRAMES, ETL);
    const run = await glue.done('frames', {}, SECONDS);
    assert.equal(run.JobRunState, 'FAILED');
    assert.match(
      run.ErrorMessage ?? '',
      /^Error Category: UNCLASSIFIED_ERROR; Failed Line Number: 11; NotImplementedError: DynamicFrame\.resolveChoice is not/,
    );
    const part = (await cloud.keys('frames/')).find((key) => key.endsWith('.json')) as string;
    assert.equal(String(await cloud.get(part)), '{"a":"1","twice":2.0}\n{"a":"2","twice":4.0}\n');
  });

  it('stops with all of its processes', async () => {
    const script = `
import os, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
java = spark.sparkContext._gateway.proc.pid
spark.sparkContext.range(4).map(lambda n: n).count()
print(os.getpid(), java, flush=True)
time.sleep(600)
`;
    await glue.job('stopped', script, ETL);
    const RunId = await glue.start('stopped');
    const line = await until(
      'it hangs',
      async () => (await cloud.lines(OUTPUT, RunId)).find((each) => /^\d+ \d+$/.test(each)),
      SECONDS,
    );
    const pids = line.split(' ').map(Number);
    assert.ok(pids.every(alive));
    await glue.client.send(new BatchStopJobRunCommand({ JobName: 'stopped', JobRunIds: [RunId] }));
    assert.equal((await glue.ends('stopped', RunId)).JobRunState, 'STOPPED');
    await until('its processes are gone', () => !pids.some(alive));
  });

  it("keeps to Glue's own model in every answer", () => checkAnswers(glue, 'glue'));
});
