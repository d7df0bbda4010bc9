import type { Image } from '../../state/images.ts';

// Who may launch an image.

export const isPublic = (image: Image): boolean => image.permissions.some((permission) => permission.Group === 'all');

export const canLaunch = (image: Image, account: string): boolean =>
  image.owner === account || isPublic(image) || image.permissions.some((permission) => permission.UserId === account);
