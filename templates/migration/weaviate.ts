import type { WeaviateClient } from 'weaviate-client'

/**
 * Each function is one step. After a crash it runs again from its beginning, so it must do no harm when some of it has been done:
 * write objects under ids that are made of their names (`generateUuid5`), and look before you create.
 */
interface Migration {
  readonly client: WeaviateClient
  /** The company's tenant; '' in a migration of the shared scope. */
  readonly tenant: string
}

export const up = async ({ client, tenant }: Migration): Promise<void> => {}

export const down = async ({ client, tenant }: Migration): Promise<void> => {}
