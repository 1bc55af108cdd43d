import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

export const contextErrors = {
  'DBS-1601': define<{ reason: string }>({
    exit: ExitCode.Refused,
    summary: 'The database refused the signed context.',
    message: ({ reason }) => `the database refused the signed context: ${reason}`,
  }),
  'DBS-1602': define<{ keyId: string }>({
    exit: ExitCode.NotFound,
    summary: 'There is no such context key.',
    message: ({ keyId }) => `there is no context key ${keyId}`,
    hint: () => 'dbsvc key list',
  }),
  'DBS-1603': define<{ place: string }>({
    exit: ExitCode.Configuration,
    summary: 'The context key of this cluster is not in the secret place.',
    message: ({ place }) => `the context key of ${place} is not in the secret place of this machine`,
    hint: () => 'copy secrets.directory from the machine that set the cluster up, or: dbsvc key rotate',
  }),
  'DBS-1604': define<{ reason: string }>({
    exit: ExitCode.Failed,
    summary: 'A statement left its connection in a state that is not trusted; the connection was destroyed.',
    message: ({ reason }) => `the statement disturbed its connection, which was destroyed: ${reason}`,
  }),
  'DBS-1605': define<{ keyId: string }>({
    exit: ExitCode.Refused,
    summary: 'The key in use cannot be retired.',
    message: ({ keyId }) => `context key ${keyId} signs new contexts and cannot be retired`,
    hint: () => 'dbsvc key rotate first',
  }),
  'DBS-1606': define<{ role: string; setting: string; directory: string }>({
    exit: ExitCode.Configuration,
    summary: 'This machine does not know the password of a login of dbsvc.',
    message: ({ role, setting, directory }) => `neither ${directory} nor ${setting} has the password of ${role}`,
    hint: () => 'dbsvc migrate up, or copy secrets.directory from the machine that set the cluster up',
  }),
  'DBS-1607': define<{ role: string; rights: readonly string[] }>({
    exit: ExitCode.Refused,
    summary: 'A login that serves can do more than it needs.',
    message: ({ role, rights }) => `${role} can do more than serve: ${rights.join(', ')}`,
    hint: () => 'dbsvc doctor --only shared-role, or server.allowExcessRights to serve all the same',
  }),
  'DBS-1608': define<{ engine: string; title: string; lack: string }>({
    exit: ExitCode.Refused,
    summary: 'An engine cannot keep hostile companies apart.',
    message: ({ title, lack }) => `companies are said to be hostile, and ${title} lacks ${lack}`,
    hint: ({ engine }) =>
      `take ${engine} out of the configuration, or add it to server.allowUnseparated to serve it all the same`,
  }),
}
