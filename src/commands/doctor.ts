import { isolationChecks } from '../app/doctor/checks/index.ts'
import type { CheckInfo } from '../app/doctor/describe-checks.ts'
import { describeChecks } from '../app/doctor/describe-checks.ts'
import { examineCluster } from '../app/doctor/examine-cluster.ts'
import type { Finding } from '../core/doctor/finding.ts'
import { ExitCode } from '../core/exit-codes.ts'
import { countBySeverity } from '../core/severity.ts'
import { table } from '../output/table.ts'
import { type CommandContext, defineCommand, examples } from './command.ts'
import { factLine, textLines } from './doctor/text.ts'
import { collect } from './parse.ts'

interface Options {
  readonly only?: readonly string[]
  readonly isolation: boolean
  readonly fix: boolean
  readonly list: boolean
}

export const command = defineCommand<[], Options>(
  (doctor) => {
    doctor
      .option('--only <check>', 'only this check, and what it rests on; repeatable', collect)
      .option('--isolation', 'only what keeps companies apart, with attempts in every engine', false)
      .option('--fix', 'mend what can be mended without losing anything', false)
      .option('--list', 'print the checks and look at nothing', false)
    examples(doctor, [
      'dbsvc doctor',
      'dbsvc doctor --fix',
      'dbsvc doctor --isolation',
      'dbsvc doctor --only isolation --only exposure',
      'dbsvc doctor --json',
      'dbsvc doctor --list',
    ])
    doctor.addHelpText(
      'after',
      '\nExits with 1 when there is an error, with 2 when there are warnings only. The checks are explained in docs/doctor.md.',
    )
  },
  async (context, _args, { only: named = [], isolation, fix, list }) => {
    const only = isolation ? [...named, ...isolationChecks.map(({ id }) => id)] : named
    if (list) return listChecks(context, only)
    const { output, signal } = context
    const loaded = await context.loadConfig()
    const onWarning = (text: string): void => output.warn(text)
    const { place, facts, checks, findings } = await examineCluster(loaded, { only, fix, signal, onWarning })
    const open = findings.filter(({ fixed }) => !fixed)
    const counts = countBySeverity(open)
    output.note(factLine(place, facts))
    output.result('doctor/1', { place, facts, checks, findings, counts }, () => textLines(findings, checks))
    return exitCodeOf(open)
  },
)

function exitCodeOf(open: readonly Finding[]): ExitCode {
  if (open.some(({ severity }) => severity === 'error')) return ExitCode.Failed
  return open.some(({ severity }) => severity === 'warning') ? ExitCode.Pending : ExitCode.Ok
}

function listChecks({ output }: CommandContext, only: readonly string[]): undefined {
  const checks = describeChecks(only)
  output.result('doctor.checks/1', { checks }, () =>
    table(
      ['check', 'of', 'looks whether'],
      checks.map(({ id, engine, summary }: CheckInfo) => [id, engine ?? 'this machine', summary]),
    ),
  )
}
