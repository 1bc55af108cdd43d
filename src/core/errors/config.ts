import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** One thing wrong with the configuration, and where it came from. */
export interface ConfigFault {
  /** Dotted path of the setting, such as `postgres.port`. */
  readonly path: string
  readonly problem: string
  /** The file or the environment variable that set it. */
  readonly source: string
}

export const configErrors = {
  'DBS-1001': define<{ faults: readonly ConfigFault[] }>({
    exit: ExitCode.Configuration,
    summary: 'The configuration has faults; all are listed.',
    message: ({ faults }) =>
      `the configuration has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:\n` +
      faults.map((fault) => `  ${fault.path}: ${fault.problem} (${fault.source})`).join('\n'),
    hint: () => 'dbsvc config schema prints what is allowed; dbsvc config view shows each value with its origin',
  }),
  'DBS-1002': define<{ file: string; reason: string }>({
    exit: ExitCode.Configuration,
    summary: 'A configuration file cannot be read or parsed.',
    message: ({ file, reason }) => `cannot read the configuration ${file}: ${reason}`,
  }),
  'DBS-1003': define<{ path: string; reason: string }>({
    exit: ExitCode.Configuration,
    summary: 'A secret place or a generated file cannot be read or written.',
    message: ({ path, reason }) => `cannot use ${path}: ${reason}`,
    hint: ({ path }) => `check owner and mode of ${path}, or point secrets.directory elsewhere`,
  }),
  'DBS-1004': define<{ what: string; reason: string }>({
    exit: ExitCode.Configuration,
    summary: 'A sealed secret cannot be opened, or the key for it cannot be had.',
    message: ({ what, reason }) => `${what}: ${reason}`,
    hint: () =>
      'set secrets.key, and secrets.previousKey to the one before it; dbsvc secret list shows which is needed',
  }),
  'DBS-1005': define<{ name: string; directory: string }>({
    exit: ExitCode.NotFound,
    summary: 'There is no secret of that name on this machine.',
    message: ({ name, directory }) => `${directory} has no secret ${name}`,
    hint: () => 'dbsvc secret list',
  }),
}
