import { ExitCode } from '../exit-codes.ts'
import { type Blocker, describeBlocker } from '../run/blocker.ts'
import { define } from './define.ts'
import { listed } from './listed.ts'

export const migrationErrors = {
  'DBS-1301': define<{ directory: string; reason: string }>({
    exit: ExitCode.Configuration,
    summary: 'The migrations folder cannot be read.',
    message: ({ directory, reason }) => `cannot read migrations from ${directory}: ${reason}`,
    hint: () => 'dbsvc init writes a project with migrations folders; migrations.directory names another place',
  }),
  'DBS-1302': define<{ file: string; reason: string }>({
    exit: ExitCode.Refused,
    summary: 'A migration file is malformed or cannot be loaded.',
    message: ({ file, reason }) => `${file}: ${reason}`,
  }),
  'DBS-1303': define<{ file: string }>({
    exit: ExitCode.Refused,
    summary: 'The migration has no way down.',
    message: ({ file }) => `${file} has no down migration`,
    hint: () => 'write a new migration that undoes it',
  }),
  'DBS-1304': define<{ file: string; reason: string }>({
    exit: ExitCode.Failed,
    summary: 'A file cannot be written.',
    message: ({ file, reason }) => `cannot write ${file}: ${reason}`,
  }),
  'DBS-1305': define<{ version: string; scope: string }>({
    exit: ExitCode.NotFound,
    summary: 'No migration has the version asked for.',
    message: ({ version, scope }) => `there is no ${scope} migration with version ${version}`,
    hint: () => 'dbsvc migrate status',
  }),
  'DBS-1306': define<{ file: string }>({
    exit: ExitCode.NotFound,
    summary: 'A file named on the command line is no migration of this project.',
    message: ({ file }) => `${file} is no migration of this project, nor a folder with any`,
    hint: () => 'dbsvc lint without files looks at all migrations; migrations.directory says where they are',
  }),
  'DBS-1307': define<{ rule: string; nearest: string | null }>({
    exit: ExitCode.Usage,
    summary: 'There is no lint rule of that name.',
    message: ({ rule }) => `there is no rule ${rule}`,
    hint: ({ nearest }) => (nearest === null ? 'dbsvc lint --list-rules' : `--rule ${nearest}`),
  }),
  'DBS-1308': define<{ wave: string; known: readonly string[] }>({
    exit: ExitCode.NotFound,
    summary: 'There is no wave of that name, or no company in it.',
    message: ({ wave }) => `no company is in a wave ${wave}`,
    hint: ({ known }) => `migrations.waves in the configuration defines them; there are: ${known.join(', ')}`,
  }),
  'DBS-1309': define<{ file: string; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A plan file cannot be read.',
    message: ({ file, reason }) => `${file} is no plan: ${reason}`,
    hint: () => 'dbsvc migrate plan --out plan.json',
  }),
  'DBS-1310': define<{ run: string; reason: string }>({
    exit: ExitCode.NotFound,
    summary: 'No run has this id, or several begin with it.',
    message: ({ run, reason }) => `${run}: ${reason}`,
    hint: () => 'dbsvc migrate runs',
  }),
  'DBS-1401': define<{ target: string; name: string; file: string }>({
    exit: ExitCode.Refused,
    summary: 'A file was changed after it was applied.',
    message: ({ target, name, file }) => `${file} was changed after ${name} was applied to ${target}`,
    hint: ({ file }) => `git checkout ${file}, and put the change into a new migration: dbsvc migrate new <name>`,
  }),
  'DBS-1402': define<{ target: string; name: string }>({
    exit: ExitCode.Refused,
    summary: 'An applied migration has no file.',
    message: ({ target, name }) => `${name} is applied to ${target}, but its file is missing`,
    hint: () => 'bring the file back from version control',
  }),
  'DBS-1403': define<{ target: string; name: string; after: string }>({
    exit: ExitCode.Refused,
    summary: 'A pending file sorts before one that is applied.',
    message: ({ target, name, after }) =>
      `${name} is pending on ${target}, but ${after}, which comes later, is applied`,
    hint: ({ name }) => `give ${name} a version higher than the applied ones`,
  }),
  'DBS-1404': define<{ holder: string; waitedMs: number }>({
    exit: ExitCode.Locked,
    summary: 'Another run held the lock for longer than allowed.',
    message: ({ holder, waitedMs }) =>
      `gave up after ${Math.round(waitedMs / 1000)} s: ${holder} holds the migration lock`,
    hint: () => 'wait for it to end, or raise migrations.lockWaitMs',
  }),
  'DBS-1405': define<{ found: string; known: string }>({
    exit: ExitCode.Refused,
    summary: 'The cluster was set up by a newer dbsvc.',
    message: ({ found, known }) => `the cluster's control schema is at ${found}; this dbsvc knows only ${known}`,
    hint: () => 'upgrade dbsvc',
  }),
  'DBS-1406': define<{ place: string }>({
    exit: ExitCode.Refused,
    summary: 'The cluster is not set up, or its control schema is behind.',
    message: ({ place }) => `${place} is not set up for this dbsvc`,
    hint: () => 'dbsvc migrate up',
  }),
  'DBS-1407': define<{ target: string }>({
    exit: ExitCode.Refused,
    summary: 'A baseline needs a target without history.',
    message: ({ target }) => `${target} already has migrations applied; a baseline would contradict them`,
    hint: () => 'dbsvc migrate status',
  }),
  'DBS-1409': define<{ target: string }>({
    exit: ExitCode.Locked,
    summary: 'Another run has held the target for longer than allowed.',
    message: ({ target }) => `another run has ${target} under way, and did not end it in time`,
    hint: () => 'dbsvc migrate runs shows who is at work; run the command again, or raise migrations.lockWaitMs',
  }),
  'DBS-1410': define<{ differences: readonly string[] }>({
    exit: ExitCode.Refused,
    summary: 'A plan no longer holds.',
    message: ({ differences }) =>
      `the plan no longer holds; nothing was run:\n${differences.map((line) => `  ${line}`).join('\n')}`,
    hint: () => 'make a new one: dbsvc migrate plan --out plan.json',
  }),
  'DBS-1411': define<{ run: string; place: string }>({
    exit: ExitCode.Refused,
    summary: 'A paused run is in the way.',
    message: ({ run }) => `run ${run} is paused; a new one would go on where it was stopped`,
    hint: ({ run }) => `dbsvc migrate resume ${run}, or give it up: dbsvc migrate cancel ${run}`,
  }),
  'DBS-1412': define<{ run: string; state: string; wanted: string }>({
    exit: ExitCode.Refused,
    summary: 'A run is not in a state that allows this.',
    message: ({ run, state, wanted }) => `run ${run} ${state}; ${wanted}`,
    hint: ({ run }) => `dbsvc migrate show ${run}`,
  }),
  'DBS-1413': define<{ run: string }>({
    exit: ExitCode.Refused,
    summary: 'The files have changed since the run began.',
    message: ({ run }) => `the migrations are not those that run ${run} began with`,
    hint: () => 'check out the revision it began with, or begin a new one: dbsvc migrate up',
  }),
  'DBS-1501': define<{ target: string; file: string; line: number | null; column: number | null; reason: string }>({
    exit: ExitCode.Failed,
    summary: 'A migration failed; what was applied before it stays.',
    message: ({ target, file, line, column, reason }) =>
      `${file}${line === null ? '' : `:${line}:${column ?? 1}`} failed on ${target}: ${reason}`,
    hint: () =>
      'what it did in a transaction is undone, other steps go on behind the last one done; mend the cause and run the same command again',
  }),
  'DBS-1502': define<{ failures: readonly { target: string; reason: string }[]; applied: number }>({
    exit: ExitCode.Failed,
    summary: 'Some targets failed; the others are done.',
    message: ({ failures, applied }) =>
      `${failures.length} ${failures.length === 1 ? 'target' : 'targets'} failed, ${applied} done:\n` +
      listed(failures, ({ target }) => target),
    hint: () => 'mend the cause and run the same command again; finished targets are not touched',
  }),
  'DBS-1503': define<{ tables: readonly string[]; file: string }>({
    exit: ExitCode.Failed,
    summary: 'A table was left without its protection.',
    message: ({ tables, file }) => `after ${file} these are reachable without company_proof: ${tables.join(', ')}`,
    hint: ({ tables }) => `if that is meant: -- dbsvc: unprotected ${tables[0]?.split('.').at(-1)} because <reason>`,
  }),
  'DBS-1504': define<{ file: string }>({
    exit: ExitCode.Failed,
    summary: 'A migration ended the transaction that dbsvc runs it in.',
    message: ({ file }) => `${file} contains COMMIT or ROLLBACK, so dbsvc cannot keep it together with its ledger row`,
    hint: () => 'remove transaction control, or say pgm.noTransaction()',
  }),
  'DBS-1505': define<{ target: string; file: string; blocker: Blocker | null }>({
    exit: ExitCode.Locked,
    summary: 'A lock was not granted in time.',
    message: ({ target, file, blocker }) =>
      `${file} did not get its locks on ${target}${blocker === null ? '' : `: ${describeBlocker(blocker)}`}`,
    hint: ({ blocker }) =>
      blocker === null
        ? 'run the same command again; finished targets are not touched'
        : `wait for it, or end it: select pg_terminate_backend(${blocker.pid}); then run the same command again`,
  }),
  'DBS-1506': define<{
    wave: string
    failures: readonly { target: string; reason: string }[]
    applied: number
    skipped: number
  }>({
    exit: ExitCode.Failed,
    summary: 'A wave had too many failures, so the run ended before the next one.',
    message: ({ wave, failures, applied, skipped }) =>
      `stopped in wave ${wave}: ${failures.length} failed, ${applied} done, ${skipped} of the wave not begun:\n` +
      listed(failures, ({ target }) => target),
    hint: () => 'mend the cause, then dbsvc migrate up; later waves were not touched',
  }),
  'DBS-1507': define<{ run: string }>({
    exit: ExitCode.Interrupted,
    summary: 'The run was given up by somebody else.',
    message: ({ run }) => `run ${run} was cancelled; what was finished stays, the rest was not begun`,
    hint: ({ run }) => `dbsvc migrate show ${run}`,
  }),
  'DBS-1508': define<{ hook: string; target: string | null; reason: string }>({
    exit: ExitCode.Failed,
    summary: 'A hook failed.',
    message: ({ hook, target, reason }) => `hook ${hook}${target === null ? '' : ` of ${target}`} failed: ${reason}`,
    hint: () => "mend it, or say onFailure: 'warn' in the configuration (migrations.hooks)",
  }),
  'DBS-1509': define<{
    places: readonly { file: string; line: number | null; rule: string; message: string }[]
  }>({
    exit: ExitCode.Refused,
    summary: "A company's migration reaches beyond that company.",
    message: ({ places }) =>
      `nothing was applied: ${places.map(({ file, line, message }) => `${file}:${line ?? 1}: ${message}`).join('; ')}`,
    hint: ({ places }) =>
      `leave the schema or the role out, or say in the file why it has to be: -- dbsvc: allow ${places[0]?.rule ?? ''} because <reason>`,
  }),
}
