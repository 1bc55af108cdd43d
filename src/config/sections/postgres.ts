import { z } from 'zod'

/** The server, who migrates, and the passwords of dbsvc's own logins. */
export const postgres = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('host name or address'),
  port: z.int().min(1).max(65_535).default(5432),
  database: z.string().min(1).max(63).default('postgres'),
  user: z
    .string()
    .min(1)
    .max(63)
    .default('postgres')
    .describe('the user that migrates: a superuser, or a role with CREATEROLE that owns the database'),
  password: z.string().optional().describe('password of that user'),
  servicePassword: z
    .string()
    .optional()
    .describe('password of database_service_role; by default one is made and kept in secrets.directory'),
  routerPassword: z
    .string()
    .optional()
    .describe('password of dbsvc_router, as which dbsvc serve logs in; by default as servicePassword'),
  observerPassword: z
    .string()
    .optional()
    .describe(
      'password of dbsvc_observer, which may be set as user of commands that only look; by default as servicePassword',
    ),
  ssl: z
    .enum(['disable', 'require', 'verify-full'])
    .optional()
    .describe('default: disable on loopback, verify-full elsewhere'),
  sslRootCert: z.string().optional().describe('file with the certificate authority to trust'),
  connectTimeoutMs: z.int().min(100).max(600_000).default(10_000),
})
