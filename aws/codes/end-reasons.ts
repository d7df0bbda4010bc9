/**
 * Why an instance can end too early, by the code of its StateReason. `moves on`: EC2 had no room or made a mistake, so the
 * builder tries another place. All others end the build.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 */
export const endReasons: Record<string, 'moves on' | 'ends the build'> = {
  'Server.InsufficientInstanceCapacity': 'moves on',
  'Server.InternalError': 'moves on',
  'Server.ScheduledStop': 'moves on',
  'Server.SpotInstanceShutdown': 'moves on',
  'Server.SpotInstanceTermination': 'moves on',
  'Client.InternalError': 'ends the build', // mostly a key that EC2 may not use
  'Client.InstanceInitiatedShutdown': 'ends the build',
  'Client.InstanceTerminated': 'ends the build',
  'Client.InvalidSnapshot.NotFound': 'ends the build',
  'Client.UserInitiatedHibernate': 'ends the build',
  'Client.UserInitiatedShutdown': 'ends the build',
  'Client.VolumeLimitExceeded': 'ends the build', // a quota of the region: no other place has more
  'Client.InvalidKMSKey.InvalidState': 'ends the build',
};
