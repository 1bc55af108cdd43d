/** For whom a request is, in the words of the specification; other properties are left alone. */
export interface TenantContext {
  readonly company_id: string
  /** Left out asks for the whole company, which the key must allow. */
  readonly user_id?: string | null | undefined
  readonly session_id?: string | null | undefined
}

/** Only what the service knows. @throws TypeError without a company */
export function tenantOf({ company_id, user_id, session_id }: TenantContext): TenantContext {
  if (typeof company_id !== 'string' || company_id === '') throw new TypeError('the tenant context names no company_id')
  return { company_id, ...(user_id == null ? {} : { user_id }), ...(session_id == null ? {} : { session_id }) }
}

export const tenantHeaders = (tenant: TenantContext): Record<string, string> =>
  Object.fromEntries(Object.entries(tenant).map(([name, value]) => [`x-dbsvc-${name.replace('_id', '')}`, value]))
