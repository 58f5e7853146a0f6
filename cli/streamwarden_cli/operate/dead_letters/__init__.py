"""Dead letters of a stack: what they are, why they are dead, where they belong, and the way back.

SQS redrives only what it moved itself, only to the queue it moved it from. Most letters here are of
another kind: a function of the stack dead-letters a message with its reason, EventBridge and its
Scheduler what they could not deliver, Lambda an invocation that failed in every retry. Each says in
its own way where it belongs.
"""
