import type { Connection } from '../connection.ts'
import { hasStatus, refusal } from '../failure.ts'
import type { StepContext } from './step.ts'

/** The class that an alias stands for, or undefined. */
export async function readAlias({ client }: Connection, alias: string): Promise<string | undefined> {
  try {
    return (await client.alias.get(alias)).collection
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

/** @throws DBS-1107 where the alias stands for another class */
export async function createAlias(alias: string, className: string, connection: Connection): Promise<void> {
  const present = await readAlias(connection, alias)
  if (present === undefined) {
    try {
      await connection.client.alias.create({ alias, collection: className })
      return
    } catch (error) {
      if (!hasStatus(error, 422, 500) || (await readAlias(connection, alias)) === undefined) throw error
    }
  }
  const found = await readAlias(connection, alias)
  if (found !== className)
    throw refusal(connection.place, `the alias ${alias} stands for ${found}, not for ${className}`)
}

/** Moves it at once for all who read. @throws DBS-1107 where it stands for neither of the two */
export async function moveAlias(
  { alias, from, to }: { readonly alias: string; readonly from: string; readonly to: string },
  connection: Connection,
): Promise<void> {
  const found = await readAlias(connection, alias)
  if (found === to) return
  if (found !== from) {
    throw refusal(
      connection.place,
      `the alias ${alias} ${found === undefined ? 'is missing' : `stands for ${found}, not for ${from}`}`,
    )
  }
  await connection.client.alias.update({ alias, newTargetCollection: to })
}

export async function removeAlias(alias: string, { connection, inDoubt }: StepContext): Promise<void> {
  try {
    await connection.client.alias.delete(alias)
  } catch (error) {
    if (!hasStatus(error, 404)) throw error
    if (!inDoubt) throw refusal(connection.place, `there is no alias ${alias} to remove`)
  }
}
