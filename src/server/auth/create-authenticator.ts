import { DbsvcError } from '../../core/errors/error.ts'
import { sourceOf } from '../../core/service/source.ts'
import type { Caller } from '../call.ts'
import type { Authenticator } from './authenticator.ts'
import type { CredentialKind, Refusal, Verdict } from './credential.ts'
import type { FailureAudit } from './failure-audit.ts'
import type { FailureLimit } from './failure-limit.ts'

/** Asks each kind of credential in turn; what is refused is counted, audited and, when it is too often, told to wait. */
export function createAuthenticator(
  kinds: readonly CredentialKind[],
  limit: FailureLimit,
  audit: FailureAudit,
): Authenticator {
  const judge = async (caller: Caller): Promise<Verdict> => {
    // Not even a certificate makes up for it: who was meant cannot be told.
    if (caller.authorization.flaw !== null) return { refused: 'malformed', credential: null }
    for (const kind of kinds) {
      const verdict = await kind.judge(caller)
      if (verdict !== undefined) return verdict
    }
    return { refused: caller.authorization.bearer === undefined ? 'missing' : 'malformed', credential: null }
  }
  const refuse = ({ requestId, address, authorization }: Caller, { refused: reason, credential }: Refusal): never => {
    const source = sourceOf(address)
    audit.record({ requestId, source, reason, credential })
    const earlyMs = limit.count(credential === null ? [source] : [source, `key ${credential}`])
    if (earlyMs > 0) throw DbsvcError.of('DBS-2103', { retryAfterSeconds: Math.ceil(earlyMs / 1_000) })
    throw DbsvcError.of('DBS-2101', {
      reason: authorization.flaw ?? (reason === 'missing' ? 'no credential was sent' : 'the credential is not valid'),
    })
  }
  return {
    async authenticate(caller) {
      const verdict = await judge(caller)
      return 'refused' in verdict ? refuse(caller, verdict) : verdict
    },
    async close() {
      for (const kind of kinds) await kind.close()
      await audit.close()
    },
  }
}
