/** Names that begin so belong to dbsvc doctor, which drops what has them. */
export const probePrefix = 'doctor_probe_'

export const isProbe = (company: string): boolean => company.startsWith(probePrefix)
