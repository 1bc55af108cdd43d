import { companyCommands } from '../acl/commands.ts'

/** One command by which a company tries to get at another one. */
export interface Attempt {
  readonly command: string
  readonly args: readonly string[]
}

/** Every command that a company may send, with a key or a channel of the other one in each place. */
export function attemptsAt(foreign: string, own: string): Attempt[] {
  return Object.entries(companyCommands).flatMap(([command, samples]) =>
    samples.map((sample) => ({
      command,
      args: sample.split(' ').map((word) => ({ F: foreign, O: own })[word] ?? word),
    })),
  )
}

/**
 * Commands that no company may send. Those that would do harm have arguments that make no sense: rights are looked at first, so that
 * a server that lets them through answers with another error, and does nothing.
 */
export function forbiddenAttempts(foreign: string): Attempt[] {
  return [
    'SCAN 0 COUNT 1',
    'KEYS nothing-has-this-name',
    'RANDOMKEY',
    'DBSIZE',
    'SELECT 1',
    'SWAPDB x y',
    'FLUSHDB NONSENSE',
    'FLUSHALL NONSENSE',
    'EVAL return 0',
    'EVALSHA x 0',
    'FCALL x 0',
    'SCRIPT EXISTS x',
    'FUNCTION LIST',
    'ACL LIST',
    'ACL GETUSER default',
    'CONFIG GET maxmemory',
    'CLIENT LIST',
    'CLIENT KILL 0.0.0.0:0',
    'CLIENT PAUSE x',
    'INFO server',
    'DEBUG NONSENSE',
    'MEMORY USAGE F',
    'OBJECT ENCODING F',
    'DUMP F',
    'RESTORE F 0 x',
    'COPY F F',
    'MOVE F 1',
    'RENAME F F',
    'SORT F',
    'SORT_RO F',
    'WATCH F',
    'XREAD STREAMS F 0',
    'BLPOP F 1',
    'MIGRATE x x F x x',
    'PUBSUB CHANNELS',
    'SLOWLOG GET 1',
    'LATENCY LATEST',
    'MODULE LIST',
    'REPLICAOF x x',
    'CLUSTER INFO',
    'BGSAVE NONSENSE',
    'SHUTDOWN NONSENSE',
  ].map((line) => {
    const [command = '', ...args] = line.split(' ').map((word) => (word === 'F' ? foreign : word))
    return { command, args }
  })
}
