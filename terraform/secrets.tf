# Signs the cursors of lists, so that nobody reads on where they may not. Made in memory and handed over write-only:
# the value is in no plan and no state. Here and not in a context, because two contexts sign with it.
locals {
  makes_cursor_secret = var.cursor_secret_arn == ""
  cursor_secret_arn   = local.makes_cursor_secret ? one(aws_secretsmanager_secret.cursor[*].arn) : var.cursor_secret_arn
}

ephemeral "aws_secretsmanager_random_password" "cursor" {
  count    = local.makes_cursor_secret ? 1 : 0
  provider = aws.in_memory

  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "cursor" {
  #checkov:skip=CKV2_AWS_57:Rotating it by schedule would break every list a client is paging through; raise secret_string_wo_version to do it on purpose.
  count = local.makes_cursor_secret ? 1 : 0

  name                    = "${local.name_prefix}-cursor"
  description             = "Signs the cursors of lists."
  kms_key_id              = module.encryption.key_arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "cursor" {
  count = local.makes_cursor_secret ? 1 : 0

  secret_id                = aws_secretsmanager_secret.cursor[0].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.cursor[0].random_password
  secret_string_wo_version = 1
}
