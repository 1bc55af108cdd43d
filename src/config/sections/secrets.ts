import { z } from 'zod'

/** Secrets at rest on this machine. */
export const secrets = z.strictObject({
  directory: z
    .string()
    .min(1)
    .default('.dbsvc/secrets')
    .describe('files with mode 0600; relative to the configuration file'),
  key: z
    .string()
    .optional()
    .describe('seals them (AES-256-GCM): 32 bytes in base64, as `openssl rand -base64 32` prints'),
  keyCommand: z
    .tuple([z.string()], z.string())
    .optional()
    .describe('program and arguments that print the key instead, such as a call of a key service'),
  previousKey: z.string().optional().describe('opens what was sealed before the key was changed'),
})
