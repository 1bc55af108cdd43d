import type { StoreTechnique } from '../runner/stores.ts'
import { each } from '../runner/technique.ts'
import type { ValkeyAttempt } from './keys.ts'

const direct = (list: readonly string[]) => each(list, (line) => line) as Record<string, string>
const common = { entry: "company's own user", refusal: /^NOPERM /, success: 'runs' } as const

export const techniques: readonly StoreTechnique<ValkeyAttempt>[] = [
  {
    ...common,
    name: 'list what there is, past the patterns of keys',
    secret: 'names of keys of the victim',
    mechanism: '+keys +scan',
    success: 'canary',
    variants: direct([
      'KEYS *',
      'KEYS t:*',
      'SCAN 0 COUNT 10000',
      'SCAN 0 MATCH t:* COUNT 10000',
      'SCAN 0 TYPE string COUNT 10000',
    ]),
  },
  {
    ...common,
    name: 'count and choose, past the patterns of keys',
    secret: 'how much others have',
    mechanism: '+randomkey +dbsize +info +lolwut',
    variants: direct(['RANDOMKEY', 'DBSIZE', 'INFO', 'INFO keyspace', 'INFO commandstats']),
  },
  {
    ...common,
    name: 'leave the database',
    secret: 'keys of another database',
    mechanism: '+select +swapdb +move +copy',
    variants: direct(['SELECT 1', 'SWAPDB 0 0', 'COPY O:text O:copy', 'MOVE O:text 1']),
  },
  {
    ...common,
    name: 'run a script',
    secret: 'a server that answers nobody meanwhile',
    mechanism: '+@scripting',
    variants: direct([
      'EVAL return(0) 0',
      'EVAL_RO return(0) 0',
      'SCRIPT EXISTS x',
      'SCRIPT FLUSH',
      'FUNCTION LIST',
      'FUNCTION STATS',
    ]),
  },
  {
    ...common,
    name: 'run the server',
    secret: 'users, settings and sessions of others',
    mechanism: '+@admin +client +pubsub +latency +memory +module +command',
    variants: direct([
      'ACL LIST',
      'ACL USERS',
      'ACL GETUSER default',
      'ACL LOG',
      'CONFIG GET *',
      'CONFIG SET maxmemory-policy noeviction',
      'CLIENT LIST',
      'CLIENT GETNAME',
      'CLIENT NO-EVICT off',
      'SLOWLOG GET 10',
      'LATENCY LATEST',
      'MEMORY STATS',
      'MODULE LIST',
      'PUBSUB CHANNELS',
      'LASTSAVE',
    ]),
  },
  {
    ...common,
    name: 'empty the server',
    secret: 'that keys of the victim are gone',
    mechanism: '+flushall +flushdb',
    variants: direct(['FLUSHALL', 'FLUSHALL ASYNC', 'FLUSHDB', 'FLUSHDB SYNC']),
  },
  {
    ...common,
    name: 'look behind a value',
    secret: 'the inner format, and the memory of others',
    mechanism: '+object +dump +restore +memory +debug +rename +sort +sort_ro +watch',
    variants: direct([
      'OBJECT ENCODING O:text',
      'DUMP O:text',
      'MEMORY USAGE O:text',
      'RENAME O:text O:other',
      'SORT O:numbers',
      'SORT_RO O:numbers',
      'WATCH O:text',
    ]),
  },
  {
    ...common,
    name: 'wait for what may never come',
    secret: 'a connection that is held',
    mechanism: '+@blocking',
    variants: direct([
      'BLPOP O:none 0.01',
      'BRPOP O:none 0.01',
      'BLMOVE O:none O:list LEFT LEFT 0.01',
      'BZPOPMIN O:none 0.01',
      'WAIT 0 1',
    ]),
  },
  {
    ...common,
    name: 'speak and listen on channels of another company',
    secret: 'messages of the victim',
    mechanism: '&*',
    variants: direct([
      'PUBLISH V:news x',
      'SUBSCRIBE V:news',
      'PSUBSCRIBE V:*',
      'PSUBSCRIBE *',
      'PSUBSCRIBE t:*',
      'SUBSCRIBE O:news V:news',
    ]),
  },
]
