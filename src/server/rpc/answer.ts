import type { ConnectError, HandlerContext } from '@connectrpc/connect'
import type { Call } from '../call.ts'
import type { Observer } from '../observe/observer.ts'
import { outcomeOf } from '../observe/outcome.ts'
import { callOf, nameRequest, reachedKey, type Said } from './call.ts'
import { connectErrorOf } from './failure.ts'

/** Answers one call, whose errors it tells the caller as they should be told. @param said of a stream, once its beginning is read */
export type Answer = <Response>(
  context: HandlerContext,
  said: Said | Promise<Said>,
  run: (call: Call) => Promise<Response>,
) => Promise<Response>

/** The same for a call that is answered bit by bit. */
export type AnswerStream = <Part>(
  context: HandlerContext,
  said: Said,
  run: (call: Call) => AsyncIterable<Part>,
) => AsyncIterable<Part>

/** @param onFault is told what was not foreseen, and which request it befell */
export function createAnswers(
  observer: Observer,
  onFault: (error: unknown, requestId: string) => void,
): { readonly answer: Answer; readonly answerStream: AnswerStream } {
  /** @returns what makes an error of the call one that its caller is told */
  const begin = (context: HandlerContext) => {
    const requestId = nameRequest(context)
    const startedAt = performance.now()
    context.values.get(reachedKey).reached = true
    return (thrown: unknown): ConnectError => {
      const outcome = outcomeOf(thrown, context.signal)
      observer.observeUnread({ requestId, ...outcome, durationMs: performance.now() - startedAt }, thrown)
      return connectErrorOf(thrown, requestId, onFault)
    }
  }
  return {
    async answer(context, said, run) {
      const refusalOf = begin(context)
      try {
        return await run(callOf(context, await said))
      } catch (thrown) {
        throw refusalOf(thrown)
      }
    },
    async *answerStream(context, said, run) {
      const refusalOf = begin(context)
      try {
        yield* run(callOf(context, said))
      } catch (thrown) {
        throw refusalOf(thrown)
      }
    },
  }
}
