/**
 * Each function is one step. After a crash it runs again from its beginning, so it must do no harm when some of it has been done:
 * write objects under ids that are made of their names (`generateUuid5`), and look before you create.
 *
 * @typedef {{ client: import('weaviate-client').WeaviateClient, tenant: string }} Migration
 */

/** @param migration {Migration} `tenant` is '' in a migration of the shared scope */
export const up = async ({ client, tenant }) => {}

/** @param migration {Migration} */
export const down = async ({ client, tenant }) => {}
