import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect'
import { DbsvcError } from '../../core/errors/error.ts'
import { ErrorDetailSchema } from '../contract/dbsvc/v1/error_pb.js'
import { malformed } from '../http/read.ts'
import { nameRequest, reachedKey } from './call.ts'
import { connectErrorOf } from './failure.ts'

/** Nobody is there any more to be told. */
const gone: readonly Code[] = [Code.Canceled, Code.Aborted]

/**
 * Has errors that connectrpc makes itself told as all others are, such as of a message that cannot be parsed.
 * A handler has no place for that: it aborts its context with an error, and writes the error afterwards.
 */
export function tellOwnErrors(context: HandlerContext, onFault: (error: unknown, requestId: string) => void): void {
  const { signal } = context
  signal.addEventListener('abort', () => {
    const { reason } = signal
    if (!(reason instanceof ConnectError) || gone.includes(reason.code)) return
    if (reason.findDetails(ErrorDetailSchema).length > 0) return
    const { message, rawMessage, code, details } = connectErrorOf(
      foundIn(reason, context),
      nameRequest(context),
      onFault,
    )
    const kept = code === Code.InvalidArgument && reason.code !== Code.Internal ? reason.code : code
    Object.assign(reason, { message, rawMessage, code: kept, details })
  })
}

function foundIn(error: ConnectError, { values }: HandlerContext): unknown {
  if (error.code === Code.DeadlineExceeded) return DbsvcError.of('DBS-2020', {})
  // Connectrpc takes a message of Protocol Buffers that it cannot read for a fault of its own.
  const { reached } = values.get(reachedKey)
  return reached && error.code === Code.Internal
    ? new Error(error.rawMessage, { cause: error })
    : malformed(reasonOf(error))
}

/** What is wrong with a message; what the parser says could quote it. */
export function reasonOf({ code, rawMessage }: ConnectError): string {
  const [, element] = /^cannot decode (?:field|message|enum) (dbsvc\.v1\.[\w.]+)/.exec(rawMessage) ?? []
  if (element !== undefined) return `${element} cannot be read`
  if (code === Code.ResourceExhausted) return 'the message is too large'
  if (/timeout/.test(rawMessage)) return 'the deadline is none, or later than in 24 hours'
  if (rawMessage.startsWith('unknown compression')) return 'the message is packed in another way than gzip and br'
  if (code === Code.Unimplemented) return 'there is not one message, as the method wants'
  return 'the message cannot be read'
}
