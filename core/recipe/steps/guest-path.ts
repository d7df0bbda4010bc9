/** Whether a path is a whole path of Linux, such as /etc/nginx. */
export const isLinuxPath = (path: string): boolean => /^(\/|(\/[^/\p{Cc}]+)+\/?)$/u.test(path);

/** Whether a path is a whole path of Windows, such as C:\app. */
export const isWindowsPath = (path: string): boolean =>
  /^[A-Za-z]:[\\/]([^<>:"|?*\\/\p{Cc}]+[\\/])*([^<>:"|?*\\/\p{Cc}]+)?$/u.test(path);
