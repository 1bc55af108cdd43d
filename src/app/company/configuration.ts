import { parseCompanyId } from '../../core/company/id.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import {
  type ConfigurationChange,
  type ConfigurationRow,
  configurationHistory,
  getConfiguration,
  listConfiguration,
  setConfiguration,
  unsetConfiguration,
} from '../../engines/postgres/company/configuration.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'

async function known({ client, place }: Session, id: string): Promise<string> {
  await requireControl(client, place)
  return (await getCompany(client, parseCompanyId(id))).company
}

/** @throws DBS-1203, DBS-1207 when the key is not set */
export async function getSetting(session: Session, id: string, key: string): Promise<ConfigurationRow> {
  const company = await known(session, id)
  const row = await getConfiguration(session.client, company, key)
  if (row === undefined) throw DbsvcError.of('DBS-1207', { company, key })
  return row
}

/** Sets a key to the value that `text` is as JSON; the old one stays in the history. @throws DBS-1208 not JSON, DBS-1903 a bad key */
export async function setSetting(session: Session, id: string, key: string, text: string): Promise<void> {
  if (key === '' || key.length > 100) throw DbsvcError.of('DBS-1903', { reason: 'a key has 1 to 100 characters' })
  try {
    JSON.parse(text)
  } catch (error) {
    throw DbsvcError.of('DBS-1208', { value: text.slice(0, 80), reason: reasonOf(error) })
  }
  // PostgreSQL's jsonb cannot hold U+0000, which JSON can.
  if (/\\u0000/.test(text))
    throw DbsvcError.of('DBS-1208', { value: text.slice(0, 80), reason: '\\u0000 cannot be stored' })
  await setConfiguration(session.client, await known(session, id), key, text)
}

/** @throws DBS-1207 when the key is not set */
export async function unsetSetting(session: Session, id: string, key: string): Promise<void> {
  const company = await known(session, id)
  if (!(await unsetConfiguration(session.client, company, key))) throw DbsvcError.of('DBS-1207', { company, key })
}

export async function listSettings(session: Session, id: string): Promise<ConfigurationRow[]> {
  return listConfiguration(session.client, await known(session, id))
}

export async function settingHistory(session: Session, id: string, key: string): Promise<ConfigurationChange[]> {
  return configurationHistory(session.client, await known(session, id), key)
}
