import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeChecks } from '../../src/app/doctor/describe-checks.ts'
import { report } from '../support/problems.ts'
import { root } from '../support/repository.ts'

// A finding counts as tested when its id stands in a test of doctor: there the fault is made, and doctor names it.

const folder = join(root, 'test', 'e2e')
const files = (await readdir(folder)).filter((name) => /^doctor.*\.test\.ts$/.test(name))
const tests = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')

const missing = describeChecks([]).flatMap(({ id, findings }) =>
  findings
    .filter((finding) => !new RegExp(`\\b${finding.id}(?![\\w-])`).test(tests))
    .map((finding) => `no test in test/e2e/doctor*.test.ts makes ${id} find ${finding.id}`),
)
report(missing)
