import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

export const engineErrors = {
  'DBS-1101': define<{ engine: string; place: string; reason: string }>({
    exit: ExitCode.Engine,
    summary: 'An engine cannot be reached.',
    message: ({ engine, place, reason }) => `cannot reach ${engine} at ${place}: ${reason}`,
    hint: () =>
      'is it running, and do host and port match? dbsvc config view shows what is used; dbsvc dev starts one to try on',
  }),
  'DBS-1102': define<{ engine: string; place: string; user: string; reason: string }>({
    exit: ExitCode.Engine,
    summary: 'An engine refuses the credentials.',
    message: ({ engine, place, user, reason }) => `${engine} at ${place} refuses user ${user}: ${reason}`,
    hint: () =>
      'check user and password in its section of the configuration; dbsvc config view shows where each comes from',
  }),
  'DBS-1103': define<{ engine: string; place: string; found: string; wanted: string }>({
    exit: ExitCode.Engine,
    summary: 'The server is older than dbsvc supports.',
    message: ({ engine, place, found, wanted }) => `${engine} at ${place} is version ${found}; dbsvc needs ${wanted}`,
    hint: () => 'upgrade the server, or point the configuration at a newer one',
  }),
  'DBS-1104': define<{ place: string; user: string; missing: string }>({
    exit: ExitCode.Engine,
    summary: 'The user dbsvc connects as lacks a right that it needs.',
    message: ({ place, user, missing }) => `user ${user} at ${place} lacks a right that dbsvc needs: ${missing}`,
    hint: () => 'connect as a superuser, or as a role with CREATEROLE that owns the database',
  }),
  'DBS-1105': define<{ place: string; reason: string }>({
    exit: ExitCode.Engine,
    summary: 'The connection broke while work was under way.',
    message: ({ place, reason }) => `lost the connection to ${place}: ${reason}`,
    hint: () => 'what was under way is undone or goes on from where it stopped; run the same command again',
  }),
  'DBS-1106': define<{ engine: string; package: string; reason: string }>({
    exit: ExitCode.Engine,
    summary: "An engine's optional package is not installed.",
    message: ({ engine, package: name, reason }) =>
      `${engine} needs the npm package ${name}, which cannot be loaded: ${reason}`,
    hint: ({ package: name }) => `npm install ${name}`,
  }),
  'DBS-1107': define<{ engine: string; place: string; reason: string }>({
    exit: ExitCode.Failed,
    summary: 'An engine refused what dbsvc asked of it.',
    message: ({ engine, place, reason }) => `${engine} at ${place} refused: ${reason}`,
    hint: () => 'mend the cause and run the same command again; what was done stays done',
  }),
  'DBS-1108': define<{ engine: string; company: string }>({
    exit: ExitCode.Refused,
    summary: 'A company has a place in an engine that is not configured.',
    message: ({ engine, company }) => `${company} has a place in ${engine}, which the configuration does not name`,
    hint: ({ engine }) => `set ${engine}.url, then run the same command again`,
  }),
}
