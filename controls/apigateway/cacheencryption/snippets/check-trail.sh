aws cloudtrail lookup-events \
  --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateStage \
  --max-items 20 \
  --query 'Events[].[EventTime, Username, EventName]' \
  --output text

aws cloudtrail lookup-events \
  --lookup-attributes AttributeKey=EventName,AttributeValue=FlushStageCache \
  --max-items 20 \
  --query 'Events[].[EventTime, Username, EventName]' \
  --output text
