terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "ap-northeast-1"
}

variable "subnet_ids" {
  type = list(string)
}

variable "vpc_id" {
  type = string
}

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_vpc_link" "orders" {
  name               = "orders"
  subnet_ids         = var.subnet_ids
  security_group_ids = []
}

resource "aws_acm_certificate" "orders" {
  domain_name       = "orders.internal.example.com"
  validation_method = "DNS"
}

resource "aws_lb" "orders" {
  name     = "orders"
  internal = true
  subnets  = var.subnet_ids
}

resource "aws_lb_target_group" "orders" {
  name        = "orders"
  port        = 8443
  protocol    = "HTTPS"
  target_type = "ip"
  vpc_id      = var.vpc_id
}
