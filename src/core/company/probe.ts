/** Names that begin so belong to dbsvc doctor, which drops what has them. */
export const probePrefix = 'doctor_probe_'
