// Access tokens from `latchkey agent`, for any http.Client. Copy this file into your program.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Transport adds the live token of one scope to each request, and sends a request once more if the API answers 401.
type Transport struct{ Socket, Scope string }

func (t Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	token, err := t.ask("GET", "/token", "")
	if err != nil {
		return nil, err
	}
	response, err := send(request, request.Body, token)
	if err != nil || response.StatusCode != 401 || (request.Body != nil && request.GetBody == nil) {
		return response, err
	}
	refused, _ := json.Marshal(map[string]string{"access_token": token, "reason": response.Header.Get("Latchkey-Reason")})
	other, err := t.ask("POST", "/refused", string(refused))
	if err != nil || other == "" {
		return response, nil // the 401 is the answer
	}
	response.Body.Close()
	if request.Body == nil {
		return send(request, nil, other)
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	return send(request, body, other)
}

func send(request *http.Request, body io.ReadCloser, token string) (*http.Response, error) {
	sent := request.Clone(request.Context())
	sent.Body = body
	sent.Header.Set("Authorization", "Bearer "+token)
	return http.DefaultTransport.RoundTrip(sent)
}

// ask returns no token and no error if another attempt at the API is useless.
func (t Transport) ask(method, path, body string) (string, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", t.Socket)
	}
	agent := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	request, err := http.NewRequest(method, "http://agent"+path+"?scope="+url.QueryEscape(t.Scope), strings.NewReader(body))
	if err != nil {
		return "", err
	}
	response, err := agent.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 && response.StatusCode != 409 {
		return "", fmt.Errorf("the agent has no token: %s", response.Status)
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Token, err
}
