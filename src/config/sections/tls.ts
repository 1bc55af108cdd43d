import { z } from 'zod'

const file = z.string().min(1).optional()

/** TLS of what `dbsvc serve` listens with; without a certificate there is none. */
export const tls = z
  .strictObject({
    cert: file.describe('file with the certificate in PEM, and those between it and its authority'),
    key: file.describe('file with its private key in PEM'),
    ca: file.describe("file with the authorities of callers' certificates in PEM"),
    clientCertificate: z
      .enum(['none', 'request', 'require'])
      .default('none')
      .describe("callers' certificates: not asked for, looked at, or a condition of every connection"),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('oldest version that is accepted'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'takes cert and key together')
  .refine(
    ({ cert, ca, clientCertificate }) => clientCertificate === 'none' || (cert !== undefined && ca !== undefined),
    'takes cert, key and ca where clientCertificate is request or require',
  )
