import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** What operations of `dbsvc serve` find wrong with a request. */
export const operationErrors = {
  'DBS-2401': define<{ engine: string }>({
    exit: ExitCode.Refused,
    summary: 'An engine that a request needs is not configured.',
    message: ({ engine }) => `${engine} is not configured here`,
    hint: ({ engine }) => `set ${engine}.url`,
  }),
  'DBS-2402': define<{ reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A key of the cache cannot be one.',
    message: ({ reason }) => `the keys cannot be used: ${reason}`,
  }),
  'DBS-2403': define<{ reason: string }>({
    exit: ExitCode.Usage,
    summary: 'What is kept under a key is not what the request takes it for.',
    message: ({ reason }) => `what is kept under the key does not fit: ${reason}`,
  }),
  'DBS-2404': define<{ engine: string; reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A store refuses what a request asks of it.',
    message: ({ engine, reason }) => `${engine} does not take it: ${reason}`,
  }),
  'DBS-2405': define<{ engine: string; limitMs: number }>({
    exit: ExitCode.Engine,
    summary: 'A store took longer than the request, or the tier of the company, allows.',
    message: ({ engine, limitMs }) => `${engine} has not answered within ${limitMs} ms`,
  }),
  'DBS-2406': define<{ company: string; budget: number }>({
    exit: ExitCode.Engine,
    summary: 'A company has all the vector objects that it may have.',
    message: ({ company, budget }) => `company ${company} may have ${budget} vector objects, and these would be more`,
    hint: ({ company }) => `delete objects, or give it more: dbsvc tenant set ${company} --limit vectorObjects=…`,
  }),
  'DBS-2407': define<{ company: string; budget: number }>({
    exit: ExitCode.Engine,
    summary: 'A company has all the keys in the cache that it may have.',
    message: ({ company, budget }) => `company ${company} may have ${budget} keys, and this would be one more`,
    hint: ({ company }) =>
      `delete keys, let them expire, or give it more: dbsvc tenant set ${company} --limit cacheKeys=…`,
  }),
  'DBS-2410': define<Record<string, never>>({
    exit: ExitCode.Refused,
    summary: 'An idempotency key was used with another request before.',
    message: () => 'the idempotency key belongs to another request',
    hint: () => 'make a new key for each request; send the same one only with the very same request',
  }),
  'DBS-2411': define<{ retryAfterSeconds: number }>({
    exit: ExitCode.Refused,
    summary: 'A request with the same idempotency key is under way.',
    message: () => 'a request with this idempotency key is under way',
    hint: ({ retryAfterSeconds }) => `send it again in ${retryAfterSeconds} s: it gets the same response`,
  }),
  'DBS-2412': define<{ characters: number }>({
    exit: ExitCode.Usage,
    summary: 'A write with an idempotency key returns more than can be recorded; nothing was done.',
    message: ({ characters }) =>
      `the response has more than ${characters} characters, and cannot be recorded under a key`,
    hint: () => 'return fewer rows, or leave the key out',
  }),
  'DBS-2413': define<{ limitBytes: number; done: boolean }>({
    exit: ExitCode.Usage,
    summary: 'A result is larger than an answer may be.',
    message: ({ limitBytes, done }) =>
      `the rows have more than ${limitBytes} bytes, and cannot be given as a whole${done ? '; what the statement writes is written' : ''}`,
    hint: () => 'read them as a stream: accept application/x-ndjson, or QueryStream; or ask for fewer',
  }),
  'DBS-2414': define<{ operation: string }>({
    exit: ExitCode.Usage,
    summary: 'A write that no idempotency key makes one that is done once came with one.',
    message: ({ operation }) => `${operation} cannot be done once by an idempotency key`,
    hint: () => 'leave the key out, and do not send it again where a second time would do harm',
  }),
}
