import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'
import { listed } from './listed.ts'

/** A company that could not be created. */
export interface CompanyFailure {
  /** Null where a line of a file names none. */
  readonly company: string | null
  readonly line: number | null
  readonly code: string
  readonly reason: string
}

const nameOf = ({ company }: Pick<CompanyFailure, 'company'>): string => company ?? '?'

const counted = (companies: number): string => `${companies} ${companies === 1 ? 'company' : 'companies'}`

export const companyErrors = {
  'DBS-1201': define<{ company: string; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A company id is malformed or reserved.',
    message: ({ company, reason }) => `"${company}" cannot be a company id: ${reason}`,
    hint: () => 'use a lower-case letter, then up to 47 of a-z, 0-9 and _, such as company_abc',
  }),
  'DBS-1202': define<{ company: string; differences: string }>({
    exit: ExitCode.Refused,
    summary: 'The company exists with other parameters.',
    message: ({ company, differences }) => `company ${company} exists with other parameters: ${differences}`,
    hint: ({ company }) => `dbsvc tenant show ${company}`,
  }),
  'DBS-1203': define<{ company: string }>({
    exit: ExitCode.NotFound,
    summary: 'There is no such company.',
    message: ({ company }) => `there is no company ${company}`,
    hint: () => 'dbsvc tenant list',
  }),
  'DBS-1204': define<{ company: string; given: string }>({
    exit: ExitCode.Usage,
    summary: 'Dropping a company needs its name typed again.',
    message: ({ company, given }) =>
      given === '' ? `dropping ${company} destroys its data` : `--confirm says ${given}, but the company is ${company}`,
    hint: ({ company }) => `dbsvc tenant drop ${company} --confirm ${company}`,
  }),
  'DBS-1205': define<{ failures: readonly CompanyFailure[]; done: number; skipped: number }>({
    exit: ExitCode.Failed,
    summary: 'Some companies could not be created; the others were.',
    message: ({ failures, done, skipped }) =>
      `${counted(failures.length)} could not be created, ${done} done` +
      `${skipped === 0 ? '' : `, ${skipped} not attempted`}:\n${listed(failures, nameOf)}`,
    hint: () => 'mend the cause and run the same command again; companies that exist are left as they are',
  }),
  'DBS-1206': define<{ company: string; state: string; wanted: string }>({
    exit: ExitCode.Refused,
    summary: 'The company is not in a state that allows this.',
    message: ({ company, state, wanted }) => `company ${company} is ${state}; this needs it to be ${wanted}`,
  }),
  'DBS-1207': define<{ company: string; key: string }>({
    exit: ExitCode.NotFound,
    summary: 'The company has no such configuration key.',
    message: ({ company, key }) => `company ${company} has no configuration "${key}"`,
    hint: ({ company }) => `dbsvc tenant config list ${company}`,
  }),
  'DBS-1208': define<{ value: string; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A value is not valid JSON.',
    message: ({ value, reason }) => `not valid JSON: ${value} (${reason})`,
    hint: () => `text needs its own quotes inside the shell's: '"text"'`,
  }),
  'DBS-1209': define<{ file: string; line: number; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A line of a companies file is malformed.',
    message: ({ file, line, reason }) => `${file}:${line}: ${reason}`,
  }),
  'DBS-1210': define<{ failures: readonly CompanyFailure[]; takenAway: number }>({
    exit: ExitCode.Failed,
    summary: 'Nothing was created, because --atomic and some companies could not be.',
    message: ({ failures, takenAway }) =>
      `nothing was created: ${counted(failures.length)} could not be` +
      `${takenAway === 0 ? '' : `, and the ${takenAway} made before were taken away again`}:\n${listed(failures, nameOf)}`,
    hint: () => 'mend the cause and run the same command again',
  }),
  'DBS-1211': define<{
    failures: readonly CompanyFailure[]
    left: readonly { company: string; reason: string }[]
    takenAway: number
  }>({
    exit: ExitCode.Failed,
    summary: 'Companies that --atomic had made could not be taken away again.',
    message: ({ failures, left, takenAway }) =>
      `${counted(failures.length)} could not be created:\n${listed(failures, nameOf)}\n` +
      `of those made before, ${takenAway} were taken away again, and ${left.length} could not be:\n${listed(left, nameOf)}`,
    hint: ({ left }) => `dbsvc tenant drop ${left[0]?.company} --confirm ${left[0]?.company}`,
  }),
  'DBS-1213': define<{ company: string; places: readonly { engine: string; reason: string }[] }>({
    exit: ExitCode.Failed,
    summary: 'A company has not got its place in every engine.',
    message: ({ company, places }) => `company ${company} is not whole:\n${listed(places, ({ engine }) => engine)}`,
    hint: ({ company }) =>
      `mend the cause and run the same command again, or take away what there is: dbsvc tenant drop ${company} --confirm ${company}`,
  }),
  'DBS-1214': define<{ company: string; engine: string; remains: readonly string[] }>({
    exit: ExitCode.Failed,
    summary: 'Something of a dropped company is left.',
    message: ({ company, engine, remains }) => `${engine} still has of ${company}: ${remains.join(', ')}`,
    hint: ({ company }) => `dbsvc tenant drop ${company} --confirm ${company}`,
  }),
  'DBS-1215': define<{ company: string; wanted: string; places: readonly { engine: string; reason: string }[] }>({
    exit: ExitCode.Failed,
    summary: 'Some engines have not followed a change of a company.',
    message: ({ company, wanted, places }) =>
      `company ${company} is not ${wanted} everywhere:\n${listed(places, ({ engine }) => engine)}`,
    hint: () => 'mend the cause and run the same command again; the other engines have followed',
  }),
  'DBS-1212': define<{ company: string; command: string; reason: string; instead: string }>({
    exit: ExitCode.Refused,
    summary: 'A company can be neither moved nor renamed yet.',
    message: ({ company, command, reason }) => `company ${company} cannot be ${command} yet: ${reason}`,
    hint: ({ instead }) => instead,
  }),
}
