import { createHmac, randomBytes } from 'node:crypto'
import type { SecretStore } from '../../config/secrets/store.ts'
import type { StoreName } from '../../engines/store.ts'

/** The secret that the passwords of all companies in one engine come from. */
export const companyKeyName = (engine: StoreName): string => `${engine}-main-company-key`

/**
 * Passwords that need no file for each company: HMAC-SHA-256 of the company's id under one key, which is made when the first is
 * asked for. A run that is cut off and repeated comes to the same one.
 */
export function companyPasswords(secrets: SecretStore, engine: StoreName): (company: string) => Promise<string> {
  let key: Promise<string> | undefined
  return async (company) => {
    key ??= secrets
      .create(companyKeyName(engine), () => randomBytes(32).toString('base64url'))
      .then(({ value }) => value)
    return createHmac('sha256', await key)
      .update(company)
      .digest('base64url')
  }
}
