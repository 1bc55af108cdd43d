import type { HandlerContext } from '@connectrpc/connect'
import { admit, type Pipeline } from '../perform.ts'
import { callerOf, nameRequest, reachedKey, serviceKey } from './call.ts'
import { connectErrorOf } from './failure.ts'

/** Finds out who calls before the message is read. @throws ConnectError */
export async function admitTo(
  pipeline: Pipeline,
  context: HandlerContext,
  onFault: (error: unknown, requestId: string) => void,
): Promise<void> {
  try {
    context.values.set(serviceKey, await admit(pipeline, callerOf(context)))
  } catch (thrown) {
    // It has been told of.
    context.values.get(reachedKey).reached = true
    throw connectErrorOf(thrown, nameRequest(context), onFault)
  }
}
