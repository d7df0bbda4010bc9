import type { KeySeen } from '../launch/keys.ts';

/** The key of a customer under which a secret is. */
export interface SecretKey {
  name: string;
  /** Undefined where it was not looked at. */
  seen?: KeySeen | undefined;
  policy?: string | undefined;
}

/** A secret as AWS shows it, without its value. */
export interface SecretSeen {
  arn: string;
  /** Of a parameter. */
  type?: string | undefined;
  /** Of a secret of Secrets Manager: the labels of its versions, and the date if it is scheduled for deletion. */
  stages?: string[];
  deletedAt?: string;
  /** Absent where AWS's own key for the service is used. */
  key?: SecretKey;
}
