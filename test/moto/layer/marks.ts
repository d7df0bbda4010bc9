/** What moto has no field for is kept in moto all the same: as tags of the AMI, which no function gets to see. */
export const mark = 'layer:';
