const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Whether a host, without brackets, is this machine itself: what listens there nobody else reaches. */
export const isLoopback = (host: string): boolean => LOOPBACK.includes(host);
