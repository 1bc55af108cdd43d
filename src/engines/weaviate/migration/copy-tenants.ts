import { createTenants, readTenants, removeTenant, setTenants } from '../tenants.ts'
import { copyObjects } from './copy.ts'
import type { CopyPass, RebuildContext } from './copy-pass.ts'

/** Copies tenant after tenant, so that only one of those that need not be active is. */
export async function copyTenants(pass: CopyPass, context: RebuildContext): Promise<void> {
  const { connection, signal } = context
  const { from, to } = pass.rebuild
  if (!pass.hasTenants) return copyObjects(pass, undefined, context)
  const tenants = [...(await readTenants(connection, from)).keys()]
  for (let start = 0; start < tenants.length; start += 100) {
    await createTenants(connection, to.class, tenants.slice(start, start + 100), pass.inactive)
  }
  for (const tenant of tenants) {
    signal.throwIfAborted()
    await copyTenant(pass, tenant, context)
  }
}

async function copyTenant(pass: CopyPass, tenant: string, context: RebuildContext): Promise<void> {
  const { connection } = context
  const classes = [pass.rebuild.from, pass.rebuild.to.class]
  for (const className of classes) await setTenants(connection, className, [tenant], 'ACTIVE')
  try {
    await copyObjects(pass, tenant, context)
  } catch (error) {
    if (!(await isGone(pass, tenant, context))) throw error
  }
  // The company has been removed meanwhile: what was copied of it must not outlive it.
  if (await isGone(pass, tenant, context)) return removeTenant(connection, pass.rebuild.to.class, tenant)
  if (!pass.inactive.has(tenant)) return
  for (const className of classes) await setTenants(connection, className, [tenant], 'INACTIVE')
}

async function isGone({ rebuild }: CopyPass, tenant: string, { connection }: RebuildContext): Promise<boolean> {
  return !(await readTenants(connection, rebuild.from, [tenant])).has(tenant)
}
