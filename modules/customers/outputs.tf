output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      register_customer     = module.register_customer
      login_customer        = module.login_customer
      authenticate_customer = module.authenticate_customer
      create_user           = module.create_user
      get_user              = module.get_user
      list_users            = module.list_users
      update_user           = module.update_user
      confirm_email_change  = module.confirm_email_change
      list_audit_entries    = module.list_audit_entries
      create_picture_upload = module.create_picture_upload
      check_picture         = module.check_picture
      delete_user           = module.delete_user
      open_profile          = module.open_profile
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "audit_trail_table" {
  description = "Name and ARN of the audit trail; whoever changes something may put an entry, and nothing else."
  value       = { name = module.audit_trail_table.name, arn = module.audit_trail_table.arn }
}

output "customers_table" {
  description = "Name and ARN of the table of profiles."
  value       = { name = module.customers_table.name, arn = module.customers_table.arn }
}

output "open_profile_function_arn" {
  description = "ARN of the user pool's post-confirmation trigger. Apart from `functions`, which know the pool: it would be a circle."
  value       = module.open_profile.arn
}

output "profile_pictures_bucket_name" {
  description = "Name of the private bucket with people's pictures."
  value       = module.pictures_bucket.name
}
